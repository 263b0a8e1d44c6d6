using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Rank and alpha of each layer that a low-rank adapter sits on. The compiler and the run time ask here.</summary>
/// <param name="rank">Rank of layers that no entry of the rank pattern covers.</param>
/// <param name="alpha">Alpha of layers that no entry of the alpha pattern covers.</param>
/// <param name="ranks">Ranks by path; the first entry that fits decides.</param>
/// <param name="alphas">Alphas by path; the first entry that fits decides.</param>
internal sealed class LowRankPatterns(int rank, double alpha, IEnumerable<PatternEntry> ranks, IEnumerable<PatternEntry> alphas)
{
    private readonly PatternTable _ranks = new(ranks);
    private readonly PatternTable _alphas = new(alphas);

    internal int RankOf(string path) => (int)_ranks.Of(path, rank);

    internal double AlphaOf(string path) => _alphas.Of(path, alpha);

    /// <summary>Reports entries that cannot be used, or fit none of the adapted layers.</summary>
    internal void Check(IReadOnlyList<TargetLayer> adapted, TargetProblems problems)
    {
        _ranks.Check(nameof(LowRankAttribute.RankPattern), adapted, problems);
        _alphas.Check(nameof(LowRankAttribute.AlphaPattern), adapted, problems);
    }
}
