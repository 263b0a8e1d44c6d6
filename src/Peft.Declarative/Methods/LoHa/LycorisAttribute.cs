namespace Peft.Declarative;

/// <summary>
/// The settings of the methods of LyCORIS, which add a structured product <c>s · ΔW</c> to the weight, <c>s = alpha / rank</c>. Yeh et al. 2023,
/// arXiv 2309.14859.
/// </summary>
/// <param name="rank">The inner dimension of the low-rank products, at least 1.</param>
public abstract class LycorisAttribute(int rank) : LayerAdapterAttribute
{
    /// <summary>The inner dimension of the low-rank products.</summary>
    public int Rank { get; } = rank;

    /// <summary>The numerator of the scaling <c>alpha / rank</c>, above 0. The default is the rank, so that the scaling is 1.</summary>
    public double Alpha { get; init; }

    /// <summary>
    /// The probability with which each row of <c>ΔW</c>, and so each output feature of the adapter, is dropped for a call during training, from 0 (the
    /// default) to below 1.
    /// </summary>
    public double RankDropout { get; init; }

    /// <summary>
    /// The probability with which the whole adapter of a layer is dropped for a call during training, from 0 (the default) to below 1.
    /// </summary>
    public double ModuleDropout { get; init; }

    /// <summary>
    /// The ranks that differ from <see cref="Rank"/>, as <c>"name=rank"</c>. The name is a regular expression that matches the end of a path. The
    /// default is <see langword="null"/>, none.
    /// </summary>
    public string[]? RankPattern { get; init; }

    /// <summary>
    /// The alphas that differ from <see cref="Alpha"/>, as <c>"name=alpha"</c>. The name is a regular expression that matches the end of a path. The
    /// default is <see langword="null"/>, none.
    /// </summary>
    public string[]? AlphaPattern { get; init; }
}
