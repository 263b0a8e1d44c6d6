using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>The rows of a batch that belong to one adapter, and to one of its tasks if it has tasks.</summary>
/// <param name="Adapter">The name of the adapter; <see langword="null"/> for rows of the base model.</param>
/// <param name="Rows">The indices of the rows in the batch, ascending.</param>
internal sealed record RowSegment(string? Adapter, IReadOnlyList<int> Rows)
{
    /// <summary>The task of the rows; <see langword="null"/> (the default) if the adapter has no tasks.</summary>
    internal int? Task { get; init; }

    /// <summary>The positions before the rows' own, where other rows have virtual tokens.</summary>
    internal int PaddingBefore { get; set; }

    /// <summary>The positions after the rows' own.</summary>
    internal int PaddingAfter { get; set; }

    /// <summary>The same in the encoder's output, which cross-attention reads.</summary>
    internal int SourcePadding { get; set; }

    /// <summary>Whether the pass reads the encoder's output at present.</summary>
    internal bool ReadsSource { get; set; }

    /// <summary>The rows of a tensor [rows, time, width] at the positions that these rows use.</summary>
    internal Tensor WithoutPadding(Tensor rows)
    {
        (int before, int after) = ReadsSource ? (SourcePadding, 0) : (PaddingBefore, PaddingAfter);
        return before + after == 0 ? rows : rows.narrow(1, before, rows.size(1) - before - after);
    }
}
