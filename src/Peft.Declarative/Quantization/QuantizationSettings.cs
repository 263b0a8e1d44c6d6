using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>Settings for storing the base weights in 4 bits. The defaults are those of QLoRA (Dettmers et al. 2023, arXiv 2305.14314).</summary>
/// <param name="Type">The 4-bit data type. The default is <see cref="QuantizationType.Nf4"/>.</param>
/// <example>
/// <code>
/// model.Quantize(new QuantizationSettings { BlockSize = 64, DoubleQuantization = true });
/// </code>
/// </example>
public sealed record QuantizationSettings(QuantizationType Type = QuantizationType.Nf4)
{
    /// <summary>
    /// The number of weights that share one scale: a power of two from 32 to 4096. The default is 64. Larger blocks use less memory and are less accurate.
    /// </summary>
    public int BlockSize { get; init; } = 64;

    /// <summary>
    /// Whether the scales are also quantized, to 8 bits. The default is <see langword="true"/>. With blocks of 64 weights, the scales then use 0.127 bits
    /// per weight instead of 0.5.
    /// </summary>
    public bool DoubleQuantization { get; init; } = true;

    /// <summary>
    /// Linear layers that are not quantized, by name or by the end of their path; empty by default. Embeddings, output heads, norms and the trained head
    /// of a classifier are never quantized.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The size of a weight of that many elements, including its scales, in bytes.</summary>
    internal long Bytes(long elements) => QuantizedSize.Bytes(elements, BlockSize, DoubleQuantization);

    /// <summary>Checks the block size.</summary>
    /// <param name="model">The name of the model, for messages.</param>
    /// <exception cref="PeftException">PEFT202: the block size is not supported.</exception>
    internal void Check(string model)
    {
        if (!QuantizedSize.BlockSizes.Contains(BlockSize))
        {
            throw new PeftException(RuleIds.OutOfRange, RuleTexts.BlockSizeUnknown(model, BlockSize, QuantizedSize.BlockSizes));
        }
    }
}
