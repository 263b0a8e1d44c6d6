using Peft.Declarative.Methods.LoHa;
using Peft.Declarative.Methods.LoKr;

namespace Peft.Declarative;

/// <summary>
/// Low-rank adaptation by a Kronecker product: <c>y = W x + s · (W1 ⊗ W2) x</c> with <c>W</c> [out, in] frozen, <c>s = alpha / rank</c>. <c>W1</c> and
/// <c>W2</c> are small matrices whose sizes multiply to those of <c>W</c>; <c>W2 = B2 A2</c> of the rank where that is smaller. <c>W1</c> starts at zero,
/// so training starts at the base model. It trains fewer values than LoRA of the same rank. It adapts linear layers. Edalati et al. 2022, arXiv 2212.10650;
/// Yeh et al. 2023, arXiv 2309.14859.
/// </summary>
/// <param name="rank">
/// The inner dimension of the low-rank products, at least 1. The default is 8, as in the reference library. From half the longer side of <c>W2</c> on, <c>W2</c>
/// is trained as it is, and the rank only determines the scaling.
/// </param>
/// <example>
/// <code>
/// [LoKr(rank: 8, DecomposeFactor = 16, Targets = ["q_proj", "v_proj"])]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class LoKrAttribute(int rank = LoHaFacts.Rank) : LycorisAttribute(rank)
{
    /// <summary>
    /// The size of <c>W1</c>: a divisor of the layer's sizes, or an upper limit of the divisor that is taken. −1 (the default) takes the most square split,
    /// such as 768 = 24 · 32.
    /// </summary>
    public int DecomposeFactor { get; init; } = LoKrFacts.MostSquare;

    /// <summary>Whether <c>W1</c> is a low-rank product too, where that is smaller. The default is <see langword="false"/>.</summary>
    public bool DecomposeBoth { get; init; }

    /// <summary>
    /// Whether the rows that <see cref="LycorisAttribute.RankDropout"/> keeps are scaled to make up for the dropped ones. The default is <see langword="false"/>,
    /// as in the reference library.
    /// </summary>
    public bool RankDropoutScale { get; init; }

    /// <summary>The initialization of the factors. The default starts at the base model.</summary>
    public LoKrInit Init { get; init; }
}

/// <summary>
/// The initialization of the factors of <see cref="LoKrAttribute"/>. Those that are not zero are uniform within ±1/√columns (Kaiming with a = √5).
/// </summary>
public enum LoKrInit
{
    /// <summary><c>W1</c> zero, or <c>B1</c> if it is a product.</summary>
    Default,

    /// <summary><c>W2</c> zero, or <c>A2</c> if it is a product, as in LyCORIS. Training starts at the base model too.</summary>
    Lycoris,

    /// <summary>All factors uniform, so the adapted model differs from the base. For tests and ablations.</summary>
    Random,
}
