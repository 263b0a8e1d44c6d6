using Peft.Declarative.Methods.AdaLora;

namespace Peft.Declarative;

/// <summary>
/// AdaLoRA: low-rank adaptation in the form of a singular value decomposition, <c>y = W x + s · B (E ∘ (A x))</c> with <c>W</c> [out, in] frozen,
/// <c>A</c> [rank, in], <c>B</c> [out, rank] and <c>E</c> [rank] trained, <c>s = alpha / initial rank</c>. While training, the least important
/// ranks of all layers together are pruned, so that layers that need more keep more. <c>E</c> starts at zero, so training starts at the base
/// model. It sits on linear layers. Zhang et al. 2023, arXiv 2303.10512.
/// </summary>
/// <remarks>The course of the budget follows the steps of the training run. Steps are counted in optimiser steps.</remarks>
/// <param name="initialRank">Rank of every layer at the start; 12 unless set, one and a half times the target as in the paper. At least 1.</param>
/// <param name="targetRank">Rank that is left at the end on average; 8 unless set. At least 1 and below <paramref name="initialRank"/>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class AdaLoraAttribute(int initialRank = AdaLoraFacts.InitialRank, int targetRank = AdaLoraFacts.TargetRank) : LayerAdapterAttribute
{
    /// <summary>Rank of every layer at the start.</summary>
    public int InitialRank { get; } = initialRank;

    /// <summary>Rank that is left at the end on average.</summary>
    public int TargetRank { get; } = targetRank;

    /// <summary>Numerator of the scaling <c>alpha / initial rank</c>. Equal to the initial rank unless set, which makes the scaling 1.</summary>
    public double Alpha { get; init; }

    /// <summary>Dropout probability on the input of <c>A</c> while training, from 0 (the default) to below 1. The base branch is not touched.</summary>
    public double Dropout { get; init; }

    /// <summary>Steps before pruning begins (t_i in the paper); a tenth of the run unless set, so that importance is known before it counts.</summary>
    public int WarmupSteps { get; init; } = -1;

    /// <summary>Steps at the end in which the ranks that are left stay (t_f in the paper); three tenths of the run unless set.</summary>
    public int FinalSteps { get; init; } = -1;

    /// <summary>Steps between two prunings (ΔT in the paper); 1 unless set.</summary>
    public int AllocateEvery { get; init; } = AdaLoraFacts.AllocateEvery;

    /// <summary>Share of the past in the average of a weight's sensitivity (β₁ in the paper), from 0 to below 1; 0.85 unless set.</summary>
    public double SensitivityDecay { get; init; } = AdaLoraFacts.Decay;

    /// <summary>Share of the past in the average of that sensitivity's uncertainty (β₂ in the paper), from 0 to below 1; 0.85 unless set.</summary>
    public double UncertaintyDecay { get; init; } = AdaLoraFacts.Decay;

    /// <summary>Weight of the term that keeps the rows of <c>A</c> and the columns of <c>B</c> orthogonal (γ in the paper); 0.5 unless set.</summary>
    public double OrthogonalWeight { get; init; } = AdaLoraFacts.OrthogonalWeight;

    /// <summary>Which biases of the base model are trained and saved with the adapter; none unless set.</summary>
    public BiasTraining Bias { get; init; }
}
