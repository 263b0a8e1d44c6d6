using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.Lora;

/// <summary>The rank and alpha of each layer of a low-rank adapter, for both the compiler and the run time.</summary>
/// <param name="rank">The rank of layers that match no entry of the rank pattern.</param>
/// <param name="alpha">The alpha of layers that match no entry of the alpha pattern.</param>
/// <param name="ranks">The ranks by path. The first entry that matches applies.</param>
/// <param name="alphas">The alphas by path. The first entry that matches applies.</param>
internal sealed class LowRankPatterns(int rank, double alpha, IEnumerable<PatternEntry> ranks, IEnumerable<PatternEntry> alphas)
{
    private readonly PatternTable _ranks = new(ranks);
    private readonly PatternTable _alphas = new(alphas);

    /// <summary>Creates the patterns of a config.</summary>
    internal static LowRankPatterns Of(
        int rank, double alpha, IEnumerable<KeyValuePair<string, int>> ranks, IEnumerable<KeyValuePair<string, double>> alphas) => new(
        rank,
        alpha,
        ranks.Select(entry => new PatternEntry(entry.Key, entry.Value)),
        alphas.Select(entry => new PatternEntry(entry.Key, entry.Value)));

    internal int RankOf(string path) => (int)_ranks.Of(path, rank);

    internal double AlphaOf(string path) => _alphas.Of(path, alpha);

    /// <summary>Reports entries that are not valid or match none of the adapted layers.</summary>
    internal void Check(IReadOnlyList<TargetLayer> adapted, TargetProblems problems)
    {
        _ranks.Check(nameof(LowRankAttribute.RankPattern), adapted, problems);
        _alphas.Check(nameof(LowRankAttribute.AlphaPattern), adapted, problems);
    }
}
