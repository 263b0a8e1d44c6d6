using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Json;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

/// <summary>A file of recorded cases and the tensors that they name.</summary>
internal sealed class GenerationCases : IDisposable
{
    private readonly Dictionary<string, JsonObject> cases;
    private readonly SafetensorsFile tensors;

    private GenerationCases(string folder, string file)
    {
        JsonObject json = JsonFile.ReadObject(Path.Combine(folder, file + ".json"));
        cases = json["cases"]!.AsArray().ToDictionary(item => item!["name"]!.GetValue<string>(), item => item!.AsObject());
        Defaults = json["defaults_of_every_case"] as JsonObject ?? [];
        tensors = SafetensorsFile.Open(Path.Combine(folder, file + ".safetensors"));
    }

    /// <summary>Parameters that every case has unless it says otherwise.</summary>
    internal JsonObject Defaults { get; }

    internal IReadOnlyCollection<string> Names => cases.Keys;

    internal JsonObject this[string name] => cases[name];

    internal static GenerationCases Open(string file) => new(TestData.Folder("PEFT_GENERATION", "generation")!, file);

    internal static TheoryData<string> AllNames(string file)
    {
        using GenerationCases cases = Open(file);
        return [.. cases.Names];
    }

    /// <summary>A tensor of a case by its role, such as <c>scores</c>; null if the case has none.</summary>
    internal Tensor? Find(string name, string role) => cases[name][role]?.GetValue<string>() is { } key ? tensors.Read(key).clone() : null;

    internal Tensor Tensor(string name, string role) => Find(name, role) ?? throw new KeyNotFoundException($"'{name}' has no '{role}'.");

    /// <summary>A case's parameters over the defaults.</summary>
    internal JsonObject Parameters(string name)
    {
        JsonObject merged = Defaults.DeepClone().AsObject();
        foreach ((string key, JsonNode? value) in cases[name]["parameters"]!.AsObject())
        {
            merged[key] = value?.DeepClone();
        }

        return merged;
    }

    public void Dispose() => tensors.Dispose();
}
