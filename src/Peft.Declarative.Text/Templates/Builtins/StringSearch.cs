using System.Numerics;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Methods of strings that search.</summary>
internal static class StringSearch
{
    internal static void AddTo(MethodTable methods)
    {
        methods.Add("startswith", ["self", "prefix", "start=", "end=", "/"], (_, a) =>
            Part(a) is { } part && Affixes(a[1]).Any(p => part.StartsWith(p, StringComparison.Ordinal)));
        methods.Add("endswith", ["self", "suffix", "start=", "end=", "/"], (_, a) =>
            Part(a) is { } part && Affixes(a[1]).Any(p => part.EndsWith(p, StringComparison.Ordinal)));
        methods.Add("find", ["self", "sub", "start=", "end=", "/"], (_, a) => Find(a, last: false));
        methods.Add("rfind", ["self", "sub", "start=", "end=", "/"], (_, a) => Find(a, last: true));
        methods.Add("index", ["self", "sub", "start=", "end=", "/"], (_, a) => Found(Find(a, last: false)));
        methods.Add("rindex", ["self", "sub", "start=", "end=", "/"], (_, a) => Found(Find(a, last: true)));
        methods.Add("count", ["self", "sub", "start=", "end=", "/"], (_, a) => (BigInteger)(Part(a) is { } part ? Count(part, a.OnlyText(1)) : 0));
        methods.Add("replace", ["self", "old", "new", "count=", "/"], (interpreter, a) =>
            Replace(interpreter, a.Text(0), a.OnlyText(1), a.OnlyText(2), a.CountOr(3, -1)));
        methods.Add("removeprefix", ["self", "prefix", "/"], (_, a) =>
            a.Text(0).StartsWith(a.OnlyText(1), StringComparison.Ordinal) ? a.Text(0)[a.Text(1).Length..] : a.Text(0));
        methods.Add("removesuffix", ["self", "suffix", "/"], (_, a) =>
            a.OnlyText(1).Length > 0 && a.Text(0).EndsWith(a.Text(1), StringComparison.Ordinal) ? a.Text(0)[..^a.Text(1).Length] : a.Text(0));
    }

    /// <summary>Replaces from the left, up to a number of times; a negative count is no limit.</summary>
    internal static string Replace(Interpreter interpreter, string text, string old, string fresh, int count)
    {
        int found = count == 0 ? 0 : old.Length == 0 ? CodePointText.Length(text) + 1 : Count(text, old);
        found = count < 0 ? found : Math.Min(found, count);
        interpreter.Budget.ChargeText(Math.Max(text.Length, text.Length + (long)found * (fresh.Length - old.Length)));
        if (found == 0)
        {
            return text;
        }

        if (old.Length == 0)
        {
            return Between(text, fresh, found);
        }

        string[] parts = text.Split(old, found + 1);
        return string.Join(fresh, parts);
    }

    // An empty text is found before every character and at the end.
    private static string Between(string text, string fresh, int count)
    {
        int done = 0;
        string Next() => done++ < count ? fresh : "";
        string body = string.Concat(CodePointText.Characters(text).Select(c => Next() + c));
        return body + Next();
    }

    private static int Count(string text, string part)
    {
        if (part.Length == 0)
        {
            return CodePointText.Length(text) + 1;
        }

        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static BigInteger Find(BoundArguments a, bool last)
    {
        string sought = a.OnlyText(1);
        if (Part(a) is not { } part)
        {
            return BigInteger.MinusOne;
        }

        int at = last ? part.LastIndexOf(sought, StringComparison.Ordinal) : part.IndexOf(sought, StringComparison.Ordinal);
        return at < 0 ? BigInteger.MinusOne : Bound(a, 2, CodePointText.Length(a.Text(0)), otherwise: 0) + CodePointText.Length(part[..at]);
    }

    private static BigInteger Found(BigInteger index) => index.Sign >= 0 ? index : throw new TemplateError("substring not found");

    // The text between the optional bounds; null if they cross, where not even an empty text is found.
    private static string? Part(BoundArguments a)
    {
        if (!a.Has(2))
        {
            return a.Text(0);
        }

        int length = CodePointText.Length(a.Text(0));
        int start = Bound(a, 2, length, otherwise: 0);
        int end = Math.Min(length, Bound(a, 3, length, otherwise: length));
        return start > end ? null : CodePointText.Slice(a.Text(0), start, end);
    }

    // A bound may lie beyond the end.
    private static int Bound(BoundArguments a, int index, int length, int otherwise)
    {
        int bound = a.Or(index, null) is { } given ? PythonNumber.ToCount(given) : otherwise;
        return Math.Max(0, bound < 0 ? bound + length : bound);
    }

    private static IEnumerable<string> Affixes(object? value) => value is TupleValue several ? several.Items.Select(Only) : [Only(value)];

    private static string Only(object? value) => value as string ?? throw new TemplateError($"must be str, not {TypeNames.Of(value)}");
}
