namespace Peft.Declarative;

/// <summary>
/// Low-rank adaptation: <c>y = W x + s · B (A x)</c> with <c>W</c> [out, in] frozen, <c>A</c> [rank, in] and <c>B</c> [out, rank] trained,
/// <c>s = alpha / rank</c>. <c>B</c> starts at zero, so training starts at the base model. Hu et al. 2021, arXiv 2106.09685.
/// </summary>
/// <param name="rank">The inner dimension of the product, at least 1; 4 to 64 in practice.</param>
/// <example>
/// <code>
/// [Lora(rank: 8, Alpha = 16, Targets = ["q_proj", "v_proj"])]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class LoraAttribute(int rank) : LowRankAttribute(rank)
{
    /// <summary>Whether <c>B</c> has a bias [out], which is scaled like the product. The default is <see langword="false"/>.</summary>
    public bool OwnBias { get; init; }
}

/// <summary>
/// The initialization of the two factors of a low-rank adapter. Training starts at the base model with <see cref="Default"/> and <see cref="Gaussian"/>.
/// </summary>
public enum LoraInit
{
    /// <summary><c>A</c> uniform within ±1/√in (Kaiming with a = √5), <c>B</c> zero: the default of the reference implementation.</summary>
    Default,

    /// <summary><c>A</c> normal with a standard deviation of 1/rank, <c>B</c> zero.</summary>
    Gaussian,

    /// <summary>
    /// Both factors initialized like an ordinary linear layer, so the adapted model differs from the base. For tests and ablations.
    /// </summary>
    Random,

    /// <summary>
    /// For a base that <see cref="QuantizeAttribute"/> stores in 4 bits: codes and factors are chosen together so that their sum is close to the weight before
    /// rounding. The codes differ from those without it, so the base is saved with the adapter or rounded again when the adapter is loaded. Li et al. 2023,
    /// arXiv 2310.08659.
    /// </summary>
    LoftQ,
}
