namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Items by number and slices, with Python's rules for negative numbers and ends out of range.</summary>
internal static class Slicing
{
    /// <summary>The item at a number; false if there is none.</summary>
    internal static bool TryItem(object? value, int index, out object? item)
    {
        item = null;
        int? length = value is ISequence or string ? Iteration.TryLength(value) : null;
        if (length is not { } count || (index < 0 ? index += count : index) < 0 || index >= count)
        {
            return false;
        }

        item = value is ISequence sequence ? sequence[index] : CodePointText.Slice((string)value!, index, index + 1);
        return true;
    }

    /// <summary>The items from start to stop; null bounds are the ends.</summary>
    internal static object Slice(object? value, object? start, object? stop, object? step)
    {
        int by = step is null ? 1 : PythonNumber.ToCount(step);
        if (by == 0)
        {
            throw new TemplateError("slice step cannot be zero");
        }

        int length = value is ISequence or string
            ? Iteration.Length(value)
            : throw new TemplateError($"'{TypeNames.Of(value)}' object cannot be sliced");
        int first = Bound(start, length, by, by > 0 ? 0 : length - 1);
        int end = Bound(stop, length, by, by > 0 ? length : -1);
        if (value is RangeValue range)
        {
            return range.Slice(first, end, by);
        }

        if (by == 1 && value is string whole)
        {
            return CodePointText.Slice(whole, first, Math.Max(first, end));
        }

        IEnumerable<int> indices = Indices(first, end, by);
        return value is string text ? CodePointText.Select(text, indices) : ((ISequence)value!).Select(indices);
    }

    private static int Bound(object? bound, int length, int step, int otherwise)
    {
        if (bound is null)
        {
            return otherwise;
        }

        long position = PythonNumber.ToCount(bound);
        position += position < 0 ? length : 0;
        int least = step > 0 ? 0 : -1;
        return (int)Math.Clamp(position, least, step > 0 ? length : length - 1);
    }

    private static IEnumerable<int> Indices(int first, int end, int step)
    {
        for (long i = first; step > 0 ? i < end : i > end; i += step)
        {
            yield return (int)i;
        }
    }
}
