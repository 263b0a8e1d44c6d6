using Peft.Declarative.Methods.LoHa;

namespace Peft.Declarative;

/// <summary>
/// Low-rank adaptation by a Hadamard product: <c>y = W x + s · ((B1 A1) ∘ (B2 A2)) x</c> with <c>W</c> [out, in] frozen, <c>A1</c> and <c>A2</c>
/// [rank, in], <c>B1</c> and <c>B2</c> [out, rank] trained, <c>s = alpha / rank</c>. The element-wise product of two products of one rank has a rank of
/// up to rank². <c>A2</c> starts at zero, so training starts at the base model. It adapts linear layers. Hyeon-Woo et al. 2021, arXiv 2108.06098; Yeh et
/// al. 2023, arXiv 2309.14859.
/// </summary>
/// <param name="rank">The inner dimension of both products, at least 1. The default is 8, as in the reference library.</param>
/// <example>
/// <code>
/// [LoHa(rank: 8, Alpha = 16, Targets = ["q_proj", "v_proj"])]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class LoHaAttribute(int rank = LoHaFacts.Rank) : LycorisAttribute(rank)
{
    /// <summary>The initialization of the factors. The default starts at the base model.</summary>
    public LoHaInit Init { get; init; }
}

/// <summary>The initialization of the factors of <see cref="LoHaAttribute"/>.</summary>
public enum LoHaInit
{
    /// <summary><c>A2</c> zero, the others uniform within ±1/√columns (Kaiming with a = √5).</summary>
    Default,

    /// <summary>All factors uniform, so the adapted model differs from the base. For tests and ablations.</summary>
    Random,
}
