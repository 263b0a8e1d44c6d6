using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>Checks that the tensors of a header cover the data without gaps or overlaps, and that the length of each tensor matches its shape.</summary>
internal static class SafetensorsLayout
{
    /// <summary>Sorts the entries by offset, then checks them in that order, as the reference reader does.</summary>
    internal static void Check(string file, List<SafetensorsEntry> entries, long dataLength)
    {
        entries.Sort(static (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin)
            : a.End != b.End ? a.End.CompareTo(b.End)
            : string.CompareOrdinal(a.Name, b.Name));

        long end = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            CheckOffsets(file, entry, end);
            CheckSize(file, entry);
            end = entry.End;
        }

        if (end != dataLength)
        {
            string difference = end > dataLength
                ? FormattableString.Invariant($"its data ends {end - dataLength:N0} bytes before the last tensor does; the file is truncated")
                : FormattableString.Invariant($"{dataLength - end:N0} bytes follow the last tensor");
            throw new SafetensorsException(SafetensorsViolation.MetadataIncompleteBuffer, file, difference);
        }
    }

    /// <summary>The size of a tensor in bits, or <see langword="null"/> if it does not fit into 64 bits.</summary>
    internal static UInt128? Bits(SafetensorsEntry entry)
    {
        // Zeros are ignored in the product: a shape such as [0, 2^62, 2^62] has no elements, but its strides would overflow in libtorch.
        long elements = 1;
        bool empty = false;
        foreach (long size in entry.Shape)
        {
            empty |= size == 0;
            if (Math.BigMul(elements, Math.Max(size, 1), out elements) != 0 || elements < 0)
            {
                return null;
            }
        }

        UInt128 bits = (UInt128)elements * (UInt128)entry.Dtype.Bits();
        return bits > ulong.MaxValue ? null : empty ? 0 : bits;
    }

    private static void CheckOffsets(string file, SafetensorsEntry entry, long previousEnd)
    {
        if (entry.Begin != previousEnd || entry.End < entry.Begin)
        {
            string problem = entry.End < entry.Begin
                ? FormattableString.Invariant($"ends at byte {entry.End:N0}, before its begin {entry.Begin:N0}")
                : entry.Begin < previousEnd
                    ? FormattableString.Invariant($"begins at byte {entry.Begin:N0}, inside a tensor that ends at {previousEnd:N0}")
                    : FormattableString.Invariant($"begins at byte {entry.Begin:N0} and leaves a gap after {previousEnd:N0}");
            throw Fail(SafetensorsViolation.InvalidOffset, file, entry, problem);
        }
    }

    private static void CheckSize(string file, SafetensorsEntry entry)
    {
        if (Bits(entry) is not { } bits)
        {
            throw Fail(SafetensorsViolation.ValidationOverflow, file, entry,
                $"has the shape {entry.ShapeText}, whose size does not fit into 64 bits");
        }

        if (bits % 8 != 0)
        {
            throw Fail(SafetensorsViolation.MisalignedSlice, file, entry,
                $"has {bits} bits ({entry.Dtype.Name()}, shape {entry.ShapeText}), which are not whole bytes");
        }

        if ((UInt128)entry.ByteLength != bits / 8)
        {
            throw Fail(SafetensorsViolation.TensorInvalidInfo, file, entry,
                FormattableString.Invariant($"takes {entry.ByteLength:N0} bytes, but {entry.Dtype.Name()} of shape {entry.ShapeText} needs {bits / 8:N0}"));
        }
    }

    private static SafetensorsException Fail(SafetensorsViolation violation, string file, SafetensorsEntry entry, string problem) =>
        new(violation, file, $"tensor '{UntrustedText.Shown(entry.Name)}' {problem}", entry.Name);
}
