using System.Numerics;
using Peft.Declarative.Templates.Evaluation;
using Peft.Declarative.Templates.Values;

namespace Peft.Declarative.Templates.Builtins;

/// <summary>Methods of strings that look for others in them.</summary>
internal static class StringSearch
{
    internal static void AddTo(MethodTable methods)
    {
        methods.Add("startswith", ["self", "prefix", "start=", "end="], (_, a) =>
            Affixes(a[1]).Any(p => Part(a, 2).StartsWith(p, StringComparison.Ordinal)));
        methods.Add("endswith", ["self", "suffix", "start=", "end="], (_, a) =>
            Affixes(a[1]).Any(p => Part(a, 2).EndsWith(p, StringComparison.Ordinal)));
        methods.Add("find", ["self", "sub", "start=", "end="], (_, a) => Find(a, last: false));
        methods.Add("rfind", ["self", "sub", "start=", "end="], (_, a) => Find(a, last: true));
        methods.Add("index", ["self", "sub", "start=", "end="], (_, a) => Found(Find(a, last: false)));
        methods.Add("rindex", ["self", "sub", "start=", "end="], (_, a) => Found(Find(a, last: true)));
        methods.Add("count", ["self", "sub", "start=", "end="], (_, a) => (BigInteger)Count(Part(a, 2), a.Text(1)));
        methods.Add("replace", ["self", "old", "new", "count="], (interpreter, a) =>
            Replace(interpreter, a.Text(0), Only(a[1]), Only(a[2]), a.CountOr(3, -1)));
        methods.Add("removeprefix", ["self", "prefix"], (_, a) =>
            a.Text(0).StartsWith(a.Text(1), StringComparison.Ordinal) ? a.Text(0)[a.Text(1).Length..] : a.Text(0));
        methods.Add("removesuffix", ["self", "suffix"], (_, a) =>
            a.Text(1).Length > 0 && a.Text(0).EndsWith(a.Text(1), StringComparison.Ordinal) ? a.Text(0)[..^a.Text(1).Length] : a.Text(0));
    }

    /// <summary>Replaces from the left, at most so many times; a negative count is no limit.</summary>
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
        string part = Part(a, 2);
        string sought = Only(a[1]);
        int at = last ? part.LastIndexOf(sought, StringComparison.Ordinal) : part.IndexOf(sought, StringComparison.Ordinal);
        if (at < 0)
        {
            return BigInteger.MinusOne;
        }

        int length = CodePointText.Length(a.Text(0));
        int start = a.Has(2) && a[2] is not null ? PythonNumber.ToCount(a[2]) : 0;
        start = Math.Clamp(start < 0 ? start + length : start, 0, length);
        return start + CodePointText.Length(part[..at]);
    }

    private static BigInteger Found(BigInteger index) => index.Sign >= 0 ? index : throw new TemplateError("substring not found");

    // The text between the optional bounds that begin at a parameter.
    private static string Part(BoundArguments a, int bounds) => a.Has(bounds) || a.Has(bounds + 1)
        ? (string)Slicing.Slice(a[0], a.Or(bounds, null), a.Or(bounds + 1, null), step: null)
        : a.Text(0);

    private static IEnumerable<string> Affixes(object? value) => value is TupleValue several ? several.Items.Select(Only) : [Only(value)];

    private static string Only(object? value) => value as string ?? throw new TemplateError($"must be str, not {TypeNames.Of(value)}");
}
