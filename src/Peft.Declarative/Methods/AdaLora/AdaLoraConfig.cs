using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.AdaLora;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>AdaLoRA as adapter_config.json describes it. The properties are those of <see cref="AdaLoraAttribute"/>.</summary>
public sealed record AdaLoraConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "ADALORA";

    /// <summary>Rank of every layer at the start; 12 unless set, at least 1.</summary>
    public int InitialRank { get; init; } = AdaLoraFacts.InitialRank;

    /// <summary>Rank that is left at the end on average; 8 unless set, at least 1 and below the initial rank.</summary>
    public int TargetRank { get; init; } = AdaLoraFacts.TargetRank;

    /// <summary>Numerator of the scaling, above 0; the initial rank unless set.</summary>
    public double? Alpha { get; init; }

    /// <summary>Dropout probability on the input of <c>A</c> while training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>Steps before pruning begins; a tenth of the run unless set.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>Steps at the end in which ranks stay; three tenths of the run unless set.</summary>
    public int? FinalSteps { get; init; }

    /// <summary>Steps between two prunings; 1 unless set, at least 1.</summary>
    public int AllocateEvery { get; init; } = AdaLoraFacts.AllocateEvery;

    /// <summary>Share of the past in the average sensitivity, from 0 to below 1; 0.85 unless set.</summary>
    public double SensitivityDecay { get; init; } = AdaLoraFacts.Decay;

    /// <summary>Share of the past in the average uncertainty, from 0 to below 1; 0.85 unless set.</summary>
    public double UncertaintyDecay { get; init; } = AdaLoraFacts.Decay;

    /// <summary>Weight of the orthogonality term, at least 0; 0.5 unless set.</summary>
    public double OrthogonalWeight { get; init; } = AdaLoraFacts.OrthogonalWeight;

    /// <summary>Which biases of the base are trained and saved with the adapter; none unless set.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>Steps of the run that the schedule follows; null before one.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Which of the initial ranks are left, by the path of the layer; null before they are fixed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<bool>>? RankPattern { get; init; }

    internal double EffectiveAlpha => Alpha ?? InitialRank;

    internal override MethodFacts Facts => AdaLoraFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers =>
    [
        ("initialRank", InitialRank), ("targetRank", TargetRank), ("Alpha", Alpha), ("Dropout", Dropout), ("AllocateEvery", AllocateEvery),
        ("WarmupSteps", WarmupSteps), ("FinalSteps", FinalSteps),
        ("SensitivityDecay", SensitivityDecay), ("UncertaintyDecay", UncertaintyDecay), ("OrthogonalWeight", OrthogonalWeight),
    ];

    // In a file the ranks are given out already.
    internal override IEnumerable<string> Contradictions(string model) =>
        Source is null && AdaLoraFacts.NothingToPrune(model, InitialRank, TargetRank) is { } problem ? [problem] : [];

    internal override BiasTraining TrainedBiases => Bias;

    internal override Tensor? Penalty(Adapter adapter) => AdaLoraPenalty.Of(adapter, OrthogonalWeight);

    internal override IEnumerable<string> Conflicts(AdapterConfig file) =>
        file is AdaLoraConfig other ? AdaLoraConfigFile.Conflicts(this, other) : base.Conflicts(file);

    // A declared adapter has its initial ranks; a file has those that were left.
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
