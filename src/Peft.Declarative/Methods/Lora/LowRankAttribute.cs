namespace Peft.Declarative;

/// <summary>What the low-rank methods say alike: a product <c>s · B A</c> with <c>A</c> [rank, in] and <c>B</c> [out, rank], and where it is.</summary>
/// <param name="rank">Inner dimension of the product; 4 to 64 in practice. Must be at least 1.</param>
public abstract class LowRankAttribute(int rank) : LayerAdapterAttribute
{
    /// <summary>Inner dimension of the low-rank product.</summary>
    public int Rank { get; } = rank;

    /// <summary>Numerator of the scaling <c>alpha / rank</c>. Equal to the rank unless set, which makes the scaling 1.</summary>
    public double Alpha { get; init; }

    /// <summary>Dropout probability on the input of <c>A</c> while training, from 0 (the default) to below 1. The base branch is not touched.</summary>
    public double Dropout { get; init; }

    /// <summary>Scales by <c>alpha / √rank</c>, which keeps large ranks learning. Kalajdzievski 2023, arXiv 2312.03732.</summary>
    public bool UseRsLora { get; init; }

    /// <summary>Which biases of the base model are trained and saved with the adapter; none unless set.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>How <c>A</c> and <c>B</c> start.</summary>
    public LoraInit Init { get; init; }

    /// <summary>Ranks that differ from <see cref="Rank"/>, as <c>"name=rank"</c>; the name is matched like the end of a path, as a regular expression.</summary>
    public string[]? RankPattern { get; init; }

    /// <summary>Alphas that differ from <see cref="Alpha"/>, as <c>"name=alpha"</c>; the name is matched like the end of a path, as a regular expression.</summary>
    public string[]? AlphaPattern { get; init; }

    /// <summary>Ids of tokens whose rows in the input embedding are trained and saved with the adapter.</summary>
    public int[]? TrainableTokens { get; init; }
}
