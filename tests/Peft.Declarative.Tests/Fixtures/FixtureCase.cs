using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>One case of the reference data: an adapter directory and what the reference library computed with it.</summary>
public sealed class FixtureCase : IDisposable
{
    private static readonly Dictionary<string, double> SmallestTolerance = new()
    {
        ["logits"] = 1e-5,
        ["loss"] = 2e-6,
        ["grad"] = 2e-6,
        ["train.losses"] = 5e-6,
        ["train.final"] = 2e-6,
    };

    // For cases in which the noise was not measured: what it comes to in others.
    private static readonly Dictionary<string, double> UsualTolerance = new()
    {
        ["logits"] = 5e-5,
        ["loss"] = 1e-5,
        ["grad"] = 1e-5,
        ["train.losses"] = 2e-5,
        ["train.final"] = 2e-5,
    };

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

    /// <summary>Family of the model.</summary>
    public string ModelType => ModelCatalog.TypeOf(ModelFolder);

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

    /// <summary>The task of each row; null if the rows have none.</summary>
    public IReadOnlyList<int?>? TaskIds => Has("extra.task_ids") ? [.. this["extra.task_ids"].data<long>().Select(task => (int?)task)] : null;

    /// <summary>Whether the case is of AdapterHub's library and not of Hugging Face PEFT.</summary>
    public bool IsAdapterHub => Json["library"]?.GetValue<string>().StartsWith("adapters ", StringComparison.Ordinal) ?? false;

    /// <summary>Ten times the change under noise of one unit in the last place on every weight, and never less than rounding alone makes.</summary>
    public double Tolerance(string what) => Json["tolerances"]?[what]?["suggested_atol"]?.GetValue<double>()
        ?? (Json["one_ulp_perturbation"]?[what]?.GetValue<double>() is { } noise ? Math.Max(10 * noise, SmallestTolerance[what]) : UsualTolerance[what]);

    /// <summary>Learning rate of each training step: recorded, or a linear warm-up and decay.</summary>
    public double[] LearningRates()
    {
        if (Json["train_lrs"] is JsonArray recorded)
        {
            return [.. recorded.Select(rate => rate!.GetValue<double>())];
        }

        JsonNode train = Json["train"]!;
        int steps = train["steps"]!.GetValue<int>(), warmup = train["warmup_steps"]!.GetValue<int>();
        double peak = train["lr"]!.GetValue<double>();
        return [.. Enumerable.Range(0, steps).Select(step => peak * (step < warmup ? (double)step / warmup : (double)(steps - step) / (steps - warmup)))];
    }

    public IReadOnlyList<string> Texts(string field) => Texts(Json[field]);

    /// <summary>Parameters whose true gradient is zero; AdapterHub's cases do not list them. A fusion's key biases shift all scores alike.</summary>
    public IReadOnlyList<string> NoiseDominated =>
    [
        .. Texts(Json["noise_dominated_train_final"] ?? Json["tolerances"]?["noise_dominated_train_final"]),
        .. Below("train.final.").Select(entry => entry.Name)
            .Where(name => name.Contains(".adapter_fusion_layer.", StringComparison.Ordinal) && name.EndsWith(".key.bias", StringComparison.Ordinal)),
    ];

    /// <summary>
    /// Name in the adapter's file of a parameter under the reference library's name. Where it saves a module's bias also by rule, the bias of a
    /// module trained in full stands in the file three times; its own name is the plain one.
    /// </summary>
    public string KeyOf(string parameter) =>
        (Json["saved_key_of_parameter"]?[parameter]?.GetValue<string>() ?? parameter.Replace(".default", "", StringComparison.Ordinal))
            .Replace(".modules_to_save.bias", ".bias", StringComparison.Ordinal);

    /// <summary>
    /// Weights of the network that makes what the adapter's file holds, under their names here. The reference library loses it when it saves; here it
    /// is a file beside.
    /// </summary>
    public Dictionary<string, Tensor> Network => Below("param.")
        .Select(entry => (Key: KeyOf(entry.Name), entry.Value))
        .Where(entry => entry.Key.StartsWith("prompt_encoder.", StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key, entry => entry.Value);

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
