using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>How the base's weights are stored in 4 bits. The defaults are those of QLoRA (Dettmers et al. 2023, arXiv 2305.14314).</summary>
/// <param name="Type">The sixteen values; NF4 unless set, as QLoRA uses.</param>
public sealed record QuantizationSettings(QuantizationType Type = QuantizationType.Nf4)
{
    /// <summary>Weights that share one scale; 64 unless set. Larger blocks take less memory and are less exact. A power of two from 32 to 4096.</summary>
    public int BlockSize { get; init; } = 64;

    /// <summary>
    /// Whether the scales are quantised too, to 8 bits: 0.127 bits per weight for the scales of blocks of 64, instead of 0.5. On unless set.
    /// </summary>
    public bool DoubleQuantization { get; init; } = true;

    /// <summary>
    /// Linear layers that stay as they are, by name or trailing path. Embeddings, output heads, norms and the trained head of a classifier are
    /// never quantised.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Bytes that a weight of that many elements takes with its scales.</summary>
    internal long Bytes(long elements) => QuantizedSize.Bytes(elements, BlockSize, DoubleQuantization);

    /// <exception cref="PeftException">PEFT202: the block size is none that kernels know.</exception>
    internal void Check(string model)
    {
        if (!QuantizedSize.BlockSizes.Contains(BlockSize))
        {
            throw new PeftException(RuleIds.OutOfRange, RuleTexts.BlockSizeUnknown(model, BlockSize, QuantizedSize.BlockSizes));
        }
    }
}
