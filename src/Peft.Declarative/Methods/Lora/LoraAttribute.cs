namespace Peft.Declarative;

/// <summary>
/// Low-rank adaptation: <c>y = W x + s · B (A x)</c> with <c>W</c> [out, in] frozen, <c>A</c> [rank, in] and <c>B</c> [out, rank] trained,
/// <c>s = alpha / rank</c>. <c>B</c> starts at zero, so training starts at the base model. Hu et al. 2021, arXiv 2106.09685.
/// </summary>
/// <param name="rank">Inner dimension of the product; 4 to 64 in practice. Must be at least 1.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class LoraAttribute(int rank) : LowRankAttribute(rank)
{
    /// <summary>Gives <c>B</c> a bias of its own [out], scaled like the product.</summary>
    public bool OwnBias { get; init; }
}

/// <summary>How the two factors of a low-rank adapter start. In every case but <see cref="Random"/> the adapted model starts as the base.</summary>
public enum LoraInit
{
    /// <summary><c>A</c> uniform within ±1/√in (Kaiming with a = √5), <c>B</c> zero: the reference implementation's default.</summary>
    Default,

    /// <summary><c>A</c> normal with standard deviation 1/rank, <c>B</c> zero.</summary>
    Gaussian,

    /// <summary>Both factors as an ordinary linear layer starts; the adapted model differs from the base at once. For tests and ablations.</summary>
    Random,
}
