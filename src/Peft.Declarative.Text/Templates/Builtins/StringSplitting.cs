using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Methods of strings that split or strip.</summary>
internal static class StringSplitting
{
    private const string LineEnds = "\n\r\v\f\x1C\x1D\x1E\x85\u2028\u2029";

    internal static void AddTo(MethodTable methods)
    {
        methods.Add("strip", ["self", "chars=", "/"], (_, a) => Strip(a, left: true, right: true));
        methods.Add("lstrip", ["self", "chars=", "/"], (_, a) => Strip(a, left: true, right: false));
        methods.Add("rstrip", ["self", "chars=", "/"], (_, a) => Strip(a, left: false, right: true));
        methods.Add("split", ["self", "sep=", "maxsplit="], (interpreter, a) => Paid(interpreter, Split(a, fromRight: false)));
        methods.Add("rsplit", ["self", "sep=", "maxsplit="], (interpreter, a) => Paid(interpreter, Split(a, fromRight: true)));
        methods.Add("splitlines", ["self", "keepends="], (interpreter, a) => Paid(interpreter, [.. Lines(a.Text(0), a.FlagOr(1, otherwise: false))]));
        methods.Add("partition", ["self", "sep", "/"], (_, a) => Partition(a, last: false));
        methods.Add("rpartition", ["self", "sep", "/"], (_, a) => Partition(a, last: true));
    }

    /// <summary>Lines as Python defines them; a line feed at the end does not begin another one.</summary>
    internal static IEnumerable<string> Lines(string text, bool keepEnds = false)
    {
        int start = 0;
        while (start < text.Length)
        {
            int end = text.AsSpan(start).IndexOfAny(LineEnds);
            if (end < 0)
            {
                yield return text[start..];
                yield break;
            }

            end += start;
            int next = text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            yield return text[start..(keepEnds ? next : end)];
            start = next;
        }
    }

    /// <summary>Removes characters at both ends: white space, or those of a set.</summary>
    internal static string Strip(string text, string? characters, bool left, bool right)
    {
        bool Goes(ReadOnlySpan<char> character) => characters is null
            ? PythonSpace.Is(character[0])
            : characters.AsSpan().IndexOf(character, StringComparison.Ordinal) >= 0;

        int start = 0;
        int end = text.Length;
        while (left && start < end && Goes(text.AsSpan(start, UnitsAt(text, start))))
        {
            start += UnitsAt(text, start);
        }

        while (right && end > start && Goes(text.AsSpan(end - UnitsBefore(text, end), UnitsBefore(text, end))))
        {
            end -= UnitsBefore(text, end);
        }

        return text[start..end];
    }

    private static ListValue Paid(Interpreter interpreter, string[] parts)
    {
        interpreter.Budget.ChargeItems(parts.Length);
        return new ListValue(parts);
    }

    private static int UnitsAt(string text, int at) => char.IsSurrogatePair(text, at) ? 2 : 1;

    private static int UnitsBefore(string text, int end) => end > 1 && char.IsSurrogatePair(text, end - 2) ? 2 : 1;

    private static string Strip(BoundArguments a, bool left, bool right) => Strip(a.Text(0), a.Or(1, null) is null ? null : a.OnlyText(1), left, right);

    private static string[] Split(BoundArguments a, bool fromRight)
    {
        string text = a.Text(0);
        int most = a.CountOr(2, -1);
        most = most < 0 ? int.MaxValue - 1 : most;
        if (a.Or(1, null) is not { } separator)
        {
            return [.. fromRight ? WordsFromRight(text, most) : Words(text, most)];
        }

        string between = separator as string ?? throw new TemplateError($"must be str or None, not {TypeNames.Of(separator)}");
        if (between.Length == 0)
        {
            throw new TemplateError("empty separator");
        }

        string[] parts = text.Split(between, fromRight ? int.MaxValue : most + 1);
        if (fromRight && parts.Length > (long)most + 1)
        {
            int joined = parts.Length - most;
            parts = [string.Join(between, parts[..joined]), .. parts[joined..]];
        }

        return parts;
    }

    private static IEnumerable<string> Words(string text, int most)
    {
        int at = 0;
        for (int count = 0; ; count++)
        {
            while (at < text.Length && PythonSpace.Is(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                yield break;
            }

            if (count == most)
            {
                yield return text[at..];
                yield break;
            }

            int start = at;
            while (at < text.Length && !PythonSpace.Is(text[at]))
            {
                at++;
            }

            yield return text[start..at];
        }
    }

    private static IEnumerable<string> WordsFromRight(string text, int most)
    {
        List<string> words = [];
        string rest = PythonSpace.TrimEnd(text);
        while (rest.Length > 0 && words.Count < most)
        {
            int start = rest.Length;
            while (start > 0 && !PythonSpace.Is(rest[start - 1]))
            {
                start--;
            }

            words.Add(rest[start..]);
            rest = PythonSpace.TrimEnd(rest[..start]);
        }

        if (rest.Length > 0)
        {
            words.Add(rest);
        }

        words.Reverse();
        return words;
    }

    private static TupleValue Partition(BoundArguments a, bool last)
    {
        string text = a.Text(0);
        string separator = a.OnlyText(1);
        if (separator.Length == 0)
        {
            throw new TemplateError("empty separator");
        }

        int at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0
            ? new TupleValue([text[..at], separator, text[(at + separator.Length)..]])
            : last ? new TupleValue(["", "", text]) : new TupleValue([text, "", ""]);
    }
}
