using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.AdaLora;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>The config of AdaLoRA, as in adapter_config.json. The properties are those of <see cref="AdaLoraAttribute"/>.</summary>
public sealed record AdaLoraConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => AdaLoraFacts.Method.PeftType;

    /// <summary>The rank of every layer at the start, at least 1. The default is 12.</summary>
    public int InitialRank { get; init; } = AdaLoraFacts.InitialRank;

    /// <summary>The average rank at the end, at least 1 and below the initial rank. The default is 8.</summary>
    public int TargetRank { get; init; } = AdaLoraFacts.TargetRank;

    /// <summary>The numerator of the scaling, above 0. The default is <see langword="null"/>: the initial rank.</summary>
    public double? Alpha { get; init; }

    /// <summary>The dropout probability on the input of <c>A</c> during training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>The number of steps before pruning begins, at least 0. The default is <see langword="null"/>: a tenth of the run.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>
    /// The number of steps at the end in which the ranks are fixed, at least 0. The default is <see langword="null"/>: three tenths of the run.
    /// </summary>
    public int? FinalSteps { get; init; }

    /// <summary>The number of steps between two prunings, at least 1. The default is 1.</summary>
    public int AllocateEvery { get; init; } = AdaLoraFacts.AllocateEvery;

    /// <summary>The decay of the moving average of the sensitivity, from 0 to below 1. The default is 0.85.</summary>
    public double SensitivityDecay { get; init; } = AdaLoraFacts.Decay;

    /// <summary>The decay of the moving average of the uncertainty, from 0 to below 1. The default is 0.85.</summary>
    public double UncertaintyDecay { get; init; } = AdaLoraFacts.Decay;

    /// <summary>The weight of the orthogonality term, at least 0. The default is 0.5.</summary>
    public double OrthogonalWeight { get; init; } = AdaLoraFacts.OrthogonalWeight;

    /// <summary>Which biases of the base are trained and saved with the adapter. The default is none.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>The number of steps of the run that the schedule follows; <see langword="null"/> before a run.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Which of the initial ranks remain, by the path of the layer; <see langword="null"/> before they are fixed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<bool>>? RankPattern { get; init; }

    internal double EffectiveAlpha => Alpha ?? InitialRank;

    internal override MethodFacts Facts => AdaLoraFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers =>
    [
        ("initialRank", InitialRank), ("targetRank", TargetRank), ("Alpha", Alpha), ("Dropout", Dropout), ("AllocateEvery", AllocateEvery),
        ("WarmupSteps", WarmupSteps), ("FinalSteps", FinalSteps),
        ("SensitivityDecay", SensitivityDecay), ("UncertaintyDecay", UncertaintyDecay), ("OrthogonalWeight", OrthogonalWeight),
    ];

    // In a file, the ranks are already allocated.
    internal override IEnumerable<string> Contradictions(string model) =>
        Source is null && AdaLoraFacts.NothingToPrune(model, InitialRank, TargetRank) is { } problem ? [problem] : [];

    internal override BiasTraining TrainedBiases => Bias;

    internal override Tensor? Penalty(Adapter adapter) => AdaLoraPenalty.Of(adapter, OrthogonalWeight);

    internal override IEnumerable<string> Conflicts(AdapterConfig file) =>
        file is AdaLoraConfig other ? AdaLoraConfigFile.Conflicts(this, other) : base.Conflicts(file);

    // A declared adapter has its initial ranks; a file has the remaining ones.
    internal override Action Reshape(Adapter adapter)
    {
        var undo = adapter.Parts
            .Where(entry => entry.Part is AdaLoraLinear)
            .Select(entry => ((AdaLoraLinear)entry.Part).Resize(RankPattern?.GetValueOrDefault(entry.Path)))
            .ToList();
        adapter.ForgetTensors();
        return () =>
        {
            undo.ForEach(step => step());
            adapter.ForgetTensors();
        };
    }

    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model)
    {
        var resolved = (AdaLoraConfig)base.Resolve(adapter, model);
        Dictionary<string, IReadOnlyList<bool>> left = adapter.Parts
            .Where(entry => entry.Part is AdaLoraLinear { Ranks: not null })
            .ToDictionary(entry => entry.Path, entry => ((AdaLoraLinear)entry.Part).Ranks!);
        return left.Count == 0 ? resolved : resolved with { RankPattern = left };
    }

    private protected override JsonObject Defaults() => AdaLoraConfigFile.Defaults(CommonDefaults());

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        AdaLoraConfigFile.Write(this, json);
    }
}
