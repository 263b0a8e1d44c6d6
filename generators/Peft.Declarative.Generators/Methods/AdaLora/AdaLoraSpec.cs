using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.AdaLora;

/// <summary>A declared AdaLoRA adapter. Numbers that are not set are <see langword="null"/>.</summary>
internal sealed record AdaLoraSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    public required int InitialRank { get; init; }

    public required int TargetRank { get; init; }

    public double? Alpha { get; init; }

    public double Dropout { get; init; }

    public int? WarmupSteps { get; init; }

    public int? FinalSteps { get; init; }

    public int? AllocateEvery { get; init; }

    public double? SensitivityDecay { get; init; }

    public double? UncertaintyDecay { get; init; }

    public double? OrthogonalWeight { get; init; }

    internal double EffectiveAlpha => Alpha ?? InitialRank;
}
