using System.Numerics;
using System.Text;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Filters that change text character by character or word by word.</summary>
internal static class TextFilters
{
    internal static void AddTo(MethodTable filters)
    {
        filters.Add("string", ["value"], (_, a) => a.Text(0));
        filters.Add("upper", ["s"], (_, a) => CaseMapping.Upper(a.Text(0)));
        filters.Add("lower", ["s"], (_, a) => CaseMapping.Lower(a.Text(0)));
        filters.Add("capitalize", ["s"], (_, a) => CaseMapping.Capitalize(a.Text(0)));
        filters.Add("title", ["s"], (_, a) => Title(a.Text(0)));
        filters.Add("trim", ["value", "chars="], (_, a) =>
            StringSplitting.Strip(a.Text(0), a.Or(1, null) is null ? null : a.Text(1), left: true, right: true));
        filters.Add("replace", ["s", "old", "new", "count="], (interpreter, a) => StringSearch.Replace(
            interpreter, a.Text(0), a.Text(1), a.Text(2), a.Or(3, null) is null ? -1 : a.CountOr(3, -1)));
        filters.AddFree("format", Format);
        filters.Add("escape", ["s"], (interpreter, a) => Escape(interpreter, a.Text(0)));
        filters.Alias("e", "escape");
        filters.Alias("forceescape", "escape");
        filters.Add("safe", ["value"], (_, a) => a.Text(0));
        filters.Add("xmlattr", ["d", "autospace="], (interpreter, a) => XmlAttributes.Write(interpreter, a[0], a.FlagOr(1, otherwise: true)));
        filters.Add("striptags", ["value"], (_, a) => StripTags(a.Text(0)));
        filters.Add("urlencode", ["value"], (interpreter, a) => UrlEncode(interpreter, a[0]));
        filters.Add("wordcount", ["s"], (_, a) => (BigInteger)WordCount(a.Text(0)));
        filters.Add("pprint", ["value"], (_, a) => PythonText.Repr(a[0]));
    }

    // Unlike the method of the same name, words begin after blanks, hyphens and opening brackets only.
    private static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool ends = i == text.Length || PythonSpace.Is(text[i]) || "-({[<".Contains(text[i]);
            if (!ends)
            {
                continue;
            }

            int first = start + CodePointText.UnitOf(text[start..i], 1);
            title.Append(CaseMapping.Upper(text[start..first])).Append(CaseMapping.Lower(text[first..i]));
            title.Append(i < text.Length ? text[i].ToString() : "");
            start = i + 1;
        }

        return title.ToString();
    }

    private static string Format(Interpreter interpreter, CallArguments arguments)
    {
        if (arguments.Positional.Count > 1 && arguments.Keywords.Count > 0)
        {
            throw new TemplateError("can't handle positional and keyword arguments at the same time");
        }

        object values = arguments.Keywords.Count > 0
            ? arguments.Keywords.Aggregate(new DictValue(), (dict, keyword) => dict.With(keyword.Key, keyword.Value))
            : new TupleValue([.. arguments.Positional.Skip(1)]);
        return PercentFormat.Apply(interpreter, PythonText.Str(arguments.Positional[0]), values);
    }

    internal static string Escape(Interpreter interpreter, string text)
    {
        interpreter.Budget.ChargeText(text.Length * 5L);
        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal)
            .Replace("\"", "&#34;", StringComparison.Ordinal);
    }

    private static string StripTags(string text)
    {
        var kept = new StringBuilder(text.Length);
        int last = text.LastIndexOf('>');
        for (int at = 0; at < text.Length; at++)
        {
            int close = text[at] == '<' && at < last ? text.IndexOf('>', at) : -1;
            if (close < 0)
            {
                kept.Append(text[at]);
            }
            else
            {
                at = close;
            }
        }

        string[] words = kept.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return System.Net.WebUtility.HtmlDecode(string.Join(' ', words));
    }

    private static string UrlEncode(Interpreter interpreter, object? value)
    {
        string Quote(object? part, bool inQuery)
        {
            string quoted = Uri.EscapeDataString(PythonText.Str(part));
            return inQuery ? quoted.Replace("%20", "+", StringComparison.Ordinal) : quoted.Replace("%2F", "/", StringComparison.Ordinal);
        }

        if (value is string || Iteration.TryItems(value) is null)
        {
            string quoted = Quote(value, inQuery: false);
            interpreter.Budget.ChargeText(quoted.Length);
            return quoted;
        }

        IEnumerable<object?> pairs = value is DictValue dict ? new DictView("items", dict).Items() : interpreter.Items(value);
        return string.Join('&', pairs.Select(pair => Iteration.Items(pair).ToList() is [var name, var given]
            ? $"{Quote(name, inQuery: true)}={Quote(given, inQuery: true)}"
            : throw new TemplateError("urlencode needs pairs of name and value")));
    }

    private static int WordCount(string text)
    {
        int count = 0;
        bool inWord = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isWord = rune.Value == '_' || CharacterKinds.IsAlphabetic(rune.Value) || CharacterKinds.IsNumeric(rune.Value);
            count += isWord && !inWord ? 1 : 0;
            inWord = isWord;
        }

        return count;
    }
}

/// <summary>The filter <c>xmlattr</c>: a dict as the attributes of an element. Values that are none or undefined are left out.</summary>
internal static class XmlAttributes
{
    private const string NotInNames = "/>=";

    internal static string Write(Interpreter interpreter, object? value, bool leadingBlank)
    {
        var dict = value as DictValue ?? throw new TemplateError($"'{TypeNames.Of(value)}' object has no items");
        List<string> attributes = [];
        foreach ((object? key, object? item) in dict.Entries.Where(entry => entry.Value is not (null or Undefined)))
        {
            string name = key as string ?? throw new TemplateError($"expected string as name of an attribute, got {TypeNames.Of(key)}");
            if (name.Any(c => NotInNames.Contains(c) || PythonSpace.Is(c)))
            {
                throw new TemplateError($"Invalid character in attribute name: {PythonText.Repr(name)}");
            }

            attributes.Add($"{TextFilters.Escape(interpreter, name)}=\"{TextFilters.Escape(interpreter, PythonText.Str(item))}\"");
        }

        interpreter.Budget.ChargeText(attributes.Sum(attribute => attribute.Length + 1L));
        return (leadingBlank && attributes.Count > 0 ? " " : "") + string.Join(' ', attributes);
    }
}
