using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>Settings for storing the base weights in 4 or 8 bits. The defaults are those of QLoRA (Dettmers et al. 2023, arXiv 2305.14314).</summary>
/// <param name="Type">The data type. The default is <see cref="QuantizationType.Nf4"/>.</param>
/// <example>
/// <code>
/// model.Quantize(new QuantizationSettings { BlockSize = 64, DoubleQuantization = true });
/// </code>
/// </example>
public sealed record QuantizationSettings(QuantizationType Type = QuantizationType.Nf4)
{
    /// <summary>
    /// The number of weights that share one scale: a power of two from 32 to 4096. The default is 64. Larger blocks use less memory and are less accurate. With
    /// <see cref="QuantizationType.Int8"/>, the weights of a row share one scale instead.
    /// </summary>
    public int BlockSize { get; init; } = 64;

    /// <summary>
    /// Whether the scales are also quantized, to 8 bits. The default is <see langword="true"/>. With blocks of 64 weights, the scales then use 0.127 bits
    /// per weight instead of 0.5. The scales of <see cref="QuantizationType.Int8"/> are never quantized.
    /// </summary>
    public bool DoubleQuantization { get; init; } = true;

    /// <summary>
    /// For <see cref="QuantizationType.Int8"/>: the absolute value from which on a column of the input is an outlier, which is not rounded. The default is 6, as
    /// in transformers; 0 rounds every column. Dettmers et al. 2022, arXiv 2208.07339, section 3.2.
    /// </summary>
    public double OutlierThreshold { get; init; } = 6;

    /// <summary>
    /// Linear layers that are not quantized, by name or by the end of their path; empty by default. Embeddings, output heads, norms and the trained head
    /// of a classifier are never quantized.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The number of bits of a code.</summary>
    internal int Bits => QuantizedSize.Bits(Type);

    /// <summary>Whether the scales are quantized.</summary>
    internal bool HasNestedScales => DoubleQuantization && Type != QuantizationType.Int8;

    /// <summary>The number of scales that share a second-level scale: that of bitsandbytes, which takes its block size again for 8 bits.</summary>
    internal int NestedBlockSize => Type == QuantizationType.Dynamic8 ? BlockSize : QuantizedSize.NestedBlockSize;

    /// <summary>The number of weights of a shape that share one scale.</summary>
    internal int BlockOf(IReadOnlyList<long> shape) => Type == QuantizationType.Int8 ? checked((int)shape[^1]) : BlockSize;

    /// <summary>The size of a weight of a shape, including its scales, in bytes.</summary>
    internal long Bytes(IReadOnlyList<long> shape) =>
        QuantizedSize.Bytes(Type, shape.Aggregate(1L, (product, size) => product * size), BlockOf(shape), DoubleQuantization);

    /// <summary>Checks the block size and the threshold.</summary>
    /// <param name="model">The name of the model, for messages.</param>
    /// <exception cref="PeftException">PEFT202: the block size is not supported, or the threshold is below 0.</exception>
    internal void Check(string model)
    {
        if (!(OutlierThreshold >= 0))
        {
            throw new PeftException(RuleIds.OutOfRange, RuleTexts.OutlierThresholdNegative(model, OutlierThreshold));
        }

        if (!QuantizedSize.BlockSizes.Contains(BlockSize))
        {
            throw new PeftException(RuleIds.OutOfRange, RuleTexts.BlockSizeUnknown(model, BlockSize, QuantizedSize.BlockSizes));
        }
    }
}
