using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Filters for layout: indentation, width, length.</summary>
internal static class LayoutFilters
{
    private const int Leeway = 5;

    internal static void AddTo(MethodTable filters)
    {
        filters.Add("indent", ["s", "width=", "first=", "blank="], (interpreter, a) => Indent(
            interpreter, Only(a[0]), a.Or(1, null), a.FlagOr(2, otherwise: false), a.FlagOr(3, otherwise: false)));
        filters.Add("center", ["value", "width="], (interpreter, a) => Center(interpreter, a.Text(0), a.CountOr(1, 80)));
        filters.Add("truncate", ["s", "length=", "killwords=", "end=", "leeway="], (_, a) => Truncate(
            a[0], a.CountOr(1, 255), a.FlagOr(2, otherwise: false), a.TextOr(3, "..."), a.Or(4, null) is null ? Leeway : a.CountOr(4, Leeway)));
        filters.Add("wordwrap", ["s", "width=", "break_long_words=", "wrapstring=", "break_on_hyphens="], Wrapped);
    }

    private static string Wrapped(Interpreter interpreter, BoundArguments a)
    {
        string separator = a.Or(3, null) is null ? "\n" : a.Text(3);
        string[] lines = [.. StringSplitting.Lines(Only(a[0])).SelectMany(line => WordWrap.Lines(
            line, a.CountOr(1, 79), a.FlagOr(2, otherwise: true), a.FlagOr(4, otherwise: true)))];
        interpreter.Budget.ChargeText(lines.Sum(line => (long)line.Length + separator.Length));
        return string.Join(separator, lines);
    }

    private static string Indent(Interpreter interpreter, string text, object? width, bool first, bool blank)
    {
        string indentation = width switch
        {
            null => new string(' ', 4),
            string given => given,
            _ => Blanks(interpreter, PythonNumber.ToCount(width)),
        };

        // The line feed at the end keeps a last empty line, which splitting would drop.
        List<string> lines = [.. StringSplitting.Lines(text + "\n")];
        interpreter.Budget.ChargeText(text.Length + (long)indentation.Length * lines.Count);
        IEnumerable<string> indented = lines.Select((line, i) => i == 0 || (line.Length == 0 && !blank) ? line : indentation + line);
        return (first ? indentation : "") + string.Join('\n', indented);
    }

    private static string Blanks(Interpreter interpreter, int count)
    {
        interpreter.Budget.ChargeText(Math.Max(0, count));
        return new string(' ', Math.Max(0, count));
    }

    private static object? Center(Interpreter interpreter, string text, int width)
    {
        StringMethods.TryGet(text, "center", out object? center);
        return interpreter.Call(center, CallArguments.Of((System.Numerics.BigInteger)width));
    }

    private static object? Truncate(object? value, int length, bool killWords, string end, int leeway)
    {
        int endLength = CodePointText.Length(end);
        if (length < endLength || leeway < 0)
        {
            throw new TemplateError(leeway < 0 ? $"expected leeway >= 0, got {leeway}" : $"expected length >= {endLength}, got {length}");
        }

        if (Iteration.Length(value) <= (long)length + leeway)
        {
            return value;
        }

        string cut = CodePointText.Slice(Only(value), 0, length - endLength);
        int blank = killWords ? -1 : cut.LastIndexOf(' ');
        return (blank < 0 ? cut : cut[..blank]) + end;
    }

    private static string Only(object? value) => value switch
    {
        string text => text,
        Undefined undefined => throw undefined.Error(),
        _ => throw new TemplateError($"a text is needed, not {TypeNames.Of(value)}"),
    };
}
