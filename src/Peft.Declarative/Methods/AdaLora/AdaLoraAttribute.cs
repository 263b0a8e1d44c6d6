using Peft.Declarative.Methods.AdaLora;

namespace Peft.Declarative;

/// <summary>
/// AdaLoRA: low-rank adaptation in the form of a singular value decomposition, <c>y = W x + s · B (E ∘ (A x))</c> with <c>W</c> [out, in] frozen,
/// <c>A</c> [rank, in], <c>B</c> [out, rank] and <c>E</c> [rank] trained, <c>s = alpha / initial rank</c>. While training, the least important
/// <c>A</c> [rank, in], <c>B</c> [out, rank] and <c>E</c> [rank] trained, <c>s = alpha / initial rank</c>. During training, the least important
/// ranks of all layers together are pruned, so that important layers keep more ranks. <c>E</c> starts at zero, so training starts at the base
/// model. It adapts linear layers. Zhang et al. 2023, arXiv 2303.10512.
/// </summary>
/// <remarks>The schedule of the ranks follows the optimizer steps of the training run.</remarks>
/// <param name="initialRank">
/// The rank of every layer at the start. The default is 12, one and a half times the target rank as in the paper. At least 1.
/// </param>
/// <param name="targetRank">The average rank at the end. The default is 8. At least 1 and below <paramref name="initialRank"/>.</param>
/// <example>
/// <code>
/// [AdaLora(initialRank: 12, targetRank: 8)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class AdaLoraAttribute(int initialRank = AdaLoraFacts.InitialRank, int targetRank = AdaLoraFacts.TargetRank) : LayerAdapterAttribute
{
    /// <summary>The rank of every layer at the start.</summary>
    public int InitialRank { get; } = initialRank;

    /// <summary>The average rank at the end.</summary>
    public int TargetRank { get; } = targetRank;

    /// <summary>
    /// The numerator of the scaling <c>alpha / initial rank</c>, above 0. The default is the initial rank, so that the scaling is 1.
    /// </summary>
    public double Alpha { get; init; }

    /// <summary>
    /// The dropout probability on the input of <c>A</c> during training, from 0 (the default) to below 1. The base branch has no dropout.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>The number of steps before pruning begins (t_i in the paper). The default is a tenth of the run.</summary>
    public int WarmupSteps { get; init; } = -1;

    /// <summary>The number of steps at the end in which the ranks are fixed (t_f in the paper). The default is three tenths of the run.</summary>
    public int FinalSteps { get; init; } = -1;

    /// <summary>The number of steps between two prunings (ΔT in the paper), at least 1. The default is 1.</summary>
    public int AllocateEvery { get; init; } = AdaLoraFacts.AllocateEvery;

    /// <summary>The decay of the moving average of a weight's sensitivity (β₁ in the paper), from 0 to below 1. The default is 0.85.</summary>
    public double SensitivityDecay { get; init; } = AdaLoraFacts.Decay;

    /// <summary>
    /// The decay of the moving average of that sensitivity's uncertainty (β₂ in the paper), from 0 to below 1. The default is 0.85.
    /// </summary>
    public double UncertaintyDecay { get; init; } = AdaLoraFacts.Decay;

    /// <summary>
    /// The weight of the loss term that keeps the rows of <c>A</c> and the columns of <c>B</c> orthogonal (γ in the paper), at least 0. The default
    /// is 0.5.
    /// </summary>
    public double OrthogonalWeight { get; init; } = AdaLoraFacts.OrthogonalWeight;

    /// <summary>Which biases of the base model are trained and saved with the adapter. The default is none.</summary>
    public BiasTraining Bias { get; init; }
}
