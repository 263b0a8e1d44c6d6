using System.Text;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Methods of strings: case, kinds of characters, padding, joining. Searching and splitting are in <see cref="StringSearch"/>.</summary>
internal static class StringMethods
{
    private static readonly MethodTable Methods = Build();

    internal static bool TryGet(string text, string name, out object? method) => Methods.TryBind(text, name, out method);

    private static MethodTable Build()
    {
        var methods = new MethodTable();
        AddCase(methods);
        AddKinds(methods);
        AddPadding(methods);
        StringSearch.AddTo(methods);
        StringSplitting.AddTo(methods);
        methods.Add("join", ["self", "iterable", "/"], (interpreter, a) => Join(interpreter, (string)a[0]!, a[1]));
        methods.AddFree("format", (interpreter, arguments) =>
            BraceFormat.Apply(interpreter, (string)arguments.Positional[0]!, arguments with { Positional = [.. arguments.Positional.Skip(1)] }));
        methods.Add("format_map", ["self", "mapping", "/"], (interpreter, a) => BraceFormat.Apply(
            interpreter,
            (string)a[0]!,
            new CallArguments([], [.. ((a[1] as DictValue)?.Entries ?? []).Select(e => KeyValuePair.Create(PythonText.Str(e.Key), e.Value))])));
        return methods;
    }

    private static void AddCase(MethodTable methods)
    {
        methods.Add("upper", ["self"], (_, a) => CaseMapping.Upper(a.Text(0)));
        methods.Add("lower", ["self"], (_, a) => CaseMapping.Lower(a.Text(0)));
        methods.Add("casefold", ["self"], (_, a) => CaseMapping.Lower(CaseMapping.Upper(a.Text(0))));
        methods.Add("capitalize", ["self"], (_, a) => CaseMapping.Capitalize(a.Text(0)));
        methods.Add("title", ["self"], (_, a) => CaseMapping.Title(a.Text(0)));
        methods.Add("swapcase", ["self"], (_, a) => CaseMapping.SwapCase(a.Text(0)));
    }

    private static void AddKinds(MethodTable methods)
    {
        (string Name, Func<int, bool> Is)[] kinds =
        [
            ("isalpha", CharacterKinds.IsAlphabetic),
            ("isalnum", c => CharacterKinds.IsAlphabetic(c) || CharacterKinds.IsNumeric(c)),
            ("isdecimal", CharacterKinds.IsDecimal),
            ("isdigit", CharacterKinds.IsDigit),
            ("isnumeric", CharacterKinds.IsNumeric),
            ("isspace", c => c <= char.MaxValue && PythonSpace.Is((char)c)),
        ];
        foreach ((string name, Func<int, bool> isKind) in kinds)
        {
            methods.Add(name, ["self"], (_, a) => a.Text(0).Length > 0 && All(a.Text(0), isKind));
        }

        methods.Add("isascii", ["self"], (_, a) => All(a.Text(0), c => c < 128));
        methods.Add("isprintable", ["self"], (_, a) => All(a.Text(0), CharacterKinds.IsPrintable));
        methods.Add("isidentifier", ["self"], (_, a) => IsIdentifier(a.Text(0)));
        methods.Add("islower", ["self"], (_, a) => IsCase(a.Text(0), CharacterKinds.IsLower));
        methods.Add("isupper", ["self"], (_, a) => IsCase(a.Text(0), CharacterKinds.IsUpper));
        methods.Add("istitle", ["self"], (_, a) => IsTitle(a.Text(0)));
    }

    private static void AddPadding(MethodTable methods)
    {
        methods.Add("ljust", ["self", "width", "fillchar=", "/"], (interpreter, a) => Pad(interpreter, a, (_, missing) => 0));
        methods.Add("rjust", ["self", "width", "fillchar=", "/"], (interpreter, a) => Pad(interpreter, a, (_, missing) => missing));

        // Of an odd number of fill characters, the one more goes left exactly if the width is odd.
        methods.Add("center", ["self", "width", "fillchar=", "/"], (interpreter, a) =>
            Pad(interpreter, a, (width, missing) => missing / 2 + (missing & width & 1)));
        methods.Add("zfill", ["self", "width", "/"], (interpreter, a) =>
        {
            string text = a.Text(0);
            int missing = Math.Max(0, a.CountOr(1, 0) - CodePointText.Length(text));
            interpreter.Budget.ChargeText((long)text.Length + missing);
            int sign = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
            return text[..sign] + new string('0', missing) + text[sign..];
        });
        methods.Add("expandtabs", ["self", "tabsize="], (interpreter, a) => ExpandTabs(interpreter, a.Text(0), Math.Max(0, a.CountOr(1, 8))));
    }

    /// <summary>The texts of an iterable with a separator between them.</summary>
    private static string Join(Evaluation.Interpreter interpreter, string separator, object? iterable)
    {
        List<string> parts = [];
        long length = 0;
        foreach (object? item in interpreter.Items(iterable))
        {
            string part = item as string
                ?? throw new TemplateError($"sequence item {parts.Count}: expected str instance, {TypeNames.Of(item)} found");
            length += part.Length + separator.Length;
            interpreter.Budget.RequireText(length);
            parts.Add(part);
        }

        interpreter.Budget.ChargeText(length);
        return string.Join(separator, parts);
    }

    private static string Pad(Evaluation.Interpreter interpreter, BoundArguments arguments, Func<int, int, int> left)
    {
        string text = arguments.Text(0);
        int width = arguments.CountOr(1, 0);
        int missing = Math.Max(0, width - CodePointText.Length(text));
        string fill = arguments.Has(2) ? arguments.OnlyText(2) : " ";
        if (CodePointText.Length(fill) != 1)
        {
            throw new TemplateError("The fill character must be exactly one character long");
        }

        interpreter.Budget.ChargeText(text.Length + (long)missing * fill.Length);
        int before = left(width, missing);
        return string.Concat(Enumerable.Repeat(fill, before)) + text + string.Concat(Enumerable.Repeat(fill, missing - before));
    }

    private static string ExpandTabs(Evaluation.Interpreter interpreter, string text, int size)
    {
        interpreter.Budget.ChargeText(text.Length + (long)text.Count(c => c == '\t') * size);
        var expanded = new StringBuilder(text.Length);
        int column = 0;
        foreach (char c in text)
        {
            int blanks = c == '\t' && size > 0 ? size - column % size : 0;
            expanded.Append(' ', blanks).Append(c == '\t' ? "" : c.ToString());
            column = c is '\n' or '\r' ? 0 : column + (c == '\t' ? blanks : 1);
        }

        return expanded.ToString();
    }

    private static bool All(string text, Func<int, bool> holds)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!holds(rune.Value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsCase(string text, Func<int, bool> isCase) =>
        All(text, c => !CharacterKinds.IsCased(c) || isCase(c)) && !All(text, c => !CharacterKinds.IsCased(c));

    private static bool IsTitle(string text)
    {
        bool previousCased = false;
        bool any = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool starts = CharacterKinds.IsUpper(rune.Value) || CharacterKinds.IsTitle(rune.Value);
            if ((starts && previousCased) || (CharacterKinds.IsLower(rune.Value) && !previousCased))
            {
                return false;
            }

            previousCased = CharacterKinds.IsCased(rune.Value);
            any |= previousCased;
        }

        return any;
    }

    private static bool IsIdentifier(string text) => text.Length > 0 && !char.IsAsciiDigit(text[0])
        && All(text, c => c == '_' || CharacterKinds.IsAlphabetic(c) || CharacterKinds.IsDecimal(c));
}
