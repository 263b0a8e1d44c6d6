namespace Peft.Declarative;

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
