using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>One case of the reference data: an adapter directory and what the reference library computed with it.</summary>
public sealed class FixtureCase : IDisposable
{
    private readonly SafetensorsFile _expected;

    private FixtureCase(string root, string name)
    {
        Name = name;
        Folder = Path.Combine(root, "cases", name);
        Json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "case.json")))!.AsObject();
        ModelFolder = Path.Combine(root, "models", Json["model"]?.GetValue<string>() ?? "none");
        _expected = SafetensorsFile.Open(Path.Combine(Folder, "expected.safetensors"));
    }

    public string Name { get; }

    public string Folder { get; }

    public string ModelFolder { get; }

    public string AdapterFolder => Path.Combine(Folder, "adapter");

    public JsonObject Json { get; }

    public static string? Root { get; } = TestData.Folder("PEFT_FIXTURES", "fixtures");

    public static FixtureCase Open(string name) => new(Root!, name);

    public bool Has(string name) => _expected.Contains(name);

    public Tensor this[string name] => _expected.Read(name);

    /// <summary>Entries whose name begins so, without that beginning.</summary>
    public IEnumerable<(string Name, Tensor Value)> Below(string prefix) => _expected.Names
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => (name[prefix.Length..], _expected.Read(name)));

    /// <summary>
    /// The recorded tolerance; where only the change under noise of one unit in the last place is, ten times that, as the others are made. A change
    /// that noise did not show is no promise of none, hence the least one. Where neither is, what cases of the kind have.
    /// </summary>
    public double Tolerance(string what) => (Json["tolerances"], Json["one_ulp_perturbation"]) switch
    {
        ({ } tolerances, _) => tolerances[what]!["suggested_atol"]!.GetValue<double>(),
        (_, { } noise) => Math.Max(10 * noise[what]!.GetValue<double>(), 5e-6),
        _ => what switch { "logits" => 3e-5, "loss" or "train.losses" => 1e-5, _ => 2e-6 },
    };

    public IReadOnlyList<string> Texts(string field) => Texts(Json[field]);

    /// <summary>Parameters whose true gradient is zero.</summary>
    public IReadOnlyList<string> NoiseDominated =>
        Texts(Json["noise_dominated_train_final"] ?? Json["tolerances"]?["noise_dominated_train_final"]);

    /// <summary>
    /// Name in the adapter's file of a parameter under the reference library's name. Where it saves a module's bias also by rule, the bias of a
    /// module trained in full stands in the file three times; its own name is the plain one.
    /// </summary>
    public string KeyOf(string parameter) =>
        (Json["saved_key_of_parameter"]?[parameter]?.GetValue<string>() ?? parameter.Replace(".default", "", StringComparison.Ordinal))
            .Replace(".modules_to_save.bias", ".bias", StringComparison.Ordinal);

    /// <summary>
    /// Name of a merged weight in the base model; null for what it was before. The reference library leaves modules trained in full wrapped when
    /// it merges some methods, and so has both in its state.
    /// </summary>
    public static string? MergedName(string name) => name.Contains(".original_module.", StringComparison.Ordinal)
        ? null
        : name.Replace(".modules_to_save.default", "", StringComparison.Ordinal);

    public void Dispose() => _expected.Dispose();

    private static IReadOnlyList<string> Texts(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.Select(item => item!.GetValue<string>())],
        JsonObject map => [.. map.Select(entry => entry.Key)],
        _ => [],
    };
}
