using Peft.Declarative.Methods.Lora;

namespace Peft.Declarative;

/// <summary>The settings of low-rank methods, which train a product <c>s · B A</c> with <c>A</c> [rank, in] and <c>B</c> [out, rank].</summary>
/// <param name="rank">The inner dimension of the product, at least 1; 4 to 64 in practice.</param>
public abstract class LowRankAttribute(int rank) : LayerAdapterAttribute
{
    /// <summary>The inner dimension of the low-rank product.</summary>
    public int Rank { get; } = rank;

    /// <summary>The numerator of the scaling <c>alpha / rank</c>, above 0. The default is the rank, so that the scaling is 1.</summary>
    public double Alpha { get; init; }

    /// <summary>
    /// The dropout probability on the input of <c>A</c> during training, from 0 (the default) to below 1. The base branch has no dropout.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Whether the scaling is <c>alpha / √rank</c>, with which large ranks learn better. The default is <see langword="false"/>. Kalajdzievski 2023,
    /// arXiv 2312.03732.
    /// </summary>
    public bool UseRsLora { get; init; }

    /// <summary>Which biases of the base model are trained and saved with the adapter. The default is none.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>The initialization of <c>A</c> and <c>B</c>. The default is a uniform <c>A</c> and a zero <c>B</c>.</summary>
    public LoraInit Init { get; init; }

    /// <summary>With <see cref="LoraInit.LoftQ"/>, how often codes and factors are chosen in turns, at least 1. The default is 1.</summary>
    public int LoftQIterations { get; init; } = LoraFacts.LoftQIterations;

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

    /// <summary>
    /// The ids of tokens whose rows in the input embedding are trained and saved with the adapter. The default is <see langword="null"/>, none.
    /// </summary>
    public int[]? TrainableTokens { get; init; }
}
