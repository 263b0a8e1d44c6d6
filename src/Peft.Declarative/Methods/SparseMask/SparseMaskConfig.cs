using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.SparseMask;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// The config of a sparse mask, as in adapter_config.json. <c>SPARSE_MASK</c> is this library's own name. The closest method of the reference
/// library, SHIRA, supports only one number of entries for all layers.
/// </summary>
public sealed record SparseMaskConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => SparseMaskFacts.Method.PeftType;

    /// <summary>The fraction of the targets' weights that is trained, above 0 and at most 1. The default is 0.005.</summary>
    public double Density { get; init; } = SparseMaskFacts.Density;

    /// <summary>The criterion for the weights. The default is Fisher information.</summary>
    public MaskChoice Choice { get; init; }

    /// <summary>The number of rows that <see cref="MaskChoice.Fisher"/> uses, at least 1. The default is 1024.</summary>
    public int Samples { get; init; } = SparseMaskFacts.Samples;

    /// <summary>The number of entries of each layer's mask, by path, once it is selected.</summary>
    internal IReadOnlyDictionary<string, int>? Entries { get; init; }

    internal override MethodFacts Facts => SparseMaskFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("density", Density), ("Samples", Samples)];

    internal override bool SavesFrozenTensors => true;

    internal static SparseMaskConfig Read(ConfigJson file)
    {
        double density = file.Number("density", SparseMaskFacts.Density);
        return density is not (> 0 and <= 1) ? throw file.Wrong("density", "above 0 and at most 1") : file.Layers(new SparseMaskConfig
        {
            Density = density,
            Choice = file.Text("mask") switch
            {
                null or "fisher" => MaskChoice.Fisher,
                "magnitude" => MaskChoice.Magnitude,
                _ => throw file.Wrong("mask", "\"fisher\" or \"magnitude\""),
            },
            Samples = file.Integer("samples", SparseMaskFacts.Samples),
            Entries = file.WholeNumbers("entries").ToDictionary(entry => entry.Key, entry => entry.Value),
        });
    }

    internal override IReadOnlyList<string>? UsualTargets(nn.Module model) => [LayerAdapterAttribute.AllLinear];

    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model) =>
        (SparseMaskConfig)base.Resolve(adapter, model) with { Entries = SparseLinear.Of(adapter).ToDictionary(layer => layer.Path, layer => layer.Part.Count) };

    // A declared mask is empty until it is selected; a file contains one.
    internal override Action Reshape(Adapter adapter)
    {
        List<Action> undo = [.. SparseLinear.Of(adapter).ToList().Select(layer => layer.Part.Resize(EntriesOf(layer.Path)))];
        adapter.ForgetTensors();
        return () =>
        {
            undo.ForEach(step => step());
            adapter.ForgetTensors();
        };
    }

    internal int EntriesOf(string path) => Entries?.GetValueOrDefault(path) ?? 0;

    private protected override JsonObject Defaults() => CommonDefaults();

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        json["density"] = Density;
        json["mask"] = Choice == MaskChoice.Magnitude ? "magnitude" : "fisher";
        json["samples"] = Samples;
        json["entries"] = new JsonObject((Entries ?? new Dictionary<string, int>()).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
    }
}
