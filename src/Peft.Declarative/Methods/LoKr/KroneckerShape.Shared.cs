namespace Peft.Declarative.Methods.LoKr;

/// <summary>
/// The two factors into which a weight [out, in] is split: <c>W1</c> [out / k, in / n] and <c>W2</c> [k, n]. For both the compiler and the run time.
/// </summary>
/// <param name="First">The sizes of <c>W1</c>.</param>
/// <param name="Second">The sizes of <c>W2</c>.</param>
/// <param name="FirstRank">The rank of <c>W1</c>; <see langword="null"/> if it is not a product.</param>
/// <param name="SecondRank">The rank of <c>W2</c>; <see langword="null"/> if it is not a product.</param>
internal sealed record KroneckerShape((long Rows, long Columns) First, (long Rows, long Columns) Second, int? FirstRank, int? SecondRank)
{
    /// <summary>Splits a weight as the reference library does.</summary>
    /// <param name="output">The rows of the weight.</param>
    /// <param name="input">The columns of the weight.</param>
    /// <param name="rank">The rank of products.</param>
    /// <param name="factor">The size of <c>W1</c>, or its limit; −1 for the most square split.</param>
    /// <param name="both">Whether <c>W1</c> can be a product too.</param>
    internal static KroneckerShape Of(long output, long input, int rank, int factor, bool both)
    {
        (long l, long k) = Split(output, factor);
        (long m, long n) = Split(input, factor);
        bool firstIsProduct = both && 2L * rank < Math.Max(l, m);
        bool secondIsProduct = 2L * rank < Math.Max(k, n);
        return new KroneckerShape((l, m), (k, n), firstIsProduct ? rank : null, secondIsProduct ? rank : null);
    }

    /// <summary>The number of trained values.</summary>
    internal long Values => Count(First, FirstRank) + Count(Second, SecondRank);

    /// <summary>Splits a size into two factors: the given one if it divides the size, otherwise the greatest up to it that is not above the other.</summary>
    internal static (long First, long Second) Split(long size, int factor)
    {
        if (factor > 0 && size % factor == 0)
        {
            return (factor, size / factor);
        }

        long limit = factor == LoKrFacts.MostSquare ? size : factor;
        long first = 1;
        for (long candidate = 2; candidate <= limit && candidate * candidate <= size; candidate++)
        {
            first = size % candidate == 0 ? candidate : first;
        }

        return (first, size / first);
    }

    private static long Count((long Rows, long Columns) sizes, int? rank) =>
        rank is { } inner ? inner * (sizes.Rows + sizes.Columns) : sizes.Rows * sizes.Columns;
}
