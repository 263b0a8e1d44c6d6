using Peft.Declarative.Text.Templates.Builtins;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Where HTML stays HTML. Python's rules hold without automatic escaping too, and templates meet them through <c>safe</c>.</summary>
internal static class MarkupRules
{
    /// <summary>A filter on text that may be HTML; false if the filter makes no difference between the two.</summary>
    internal static bool TryFilter(Interpreter interpreter, string name, object? target, CallArguments arguments, out object? result)
    {
        result = null;
        switch (name)
        {
            case "safe" or "escape" or "e" when target is Markup && arguments is { Positional.Count: 0, Keywords.Count: 0 }:
                result = target;
                return true;
            case "safe" or "escape" or "e" or "forceescape":
                result = Mark(Filters.Apply(interpreter, name, Markup.Unmarked(target), arguments));
                return true;
            case "string" or "trim" or "upper" or "lower" or "capitalize" when target is Markup markup:
                result = Mark(Filters.Apply(interpreter, name, markup.Text, arguments));
                return true;
            case "default" or "d" when target is Markup { Text.Length: > 0 }:
                result = target;
                return true;
            default:
                return false;
        }
    }

    /// <summary>HTML and text as HTML, in their order; false if neither is HTML or one is no text.</summary>
    internal static bool TryAdd(Interpreter interpreter, object? left, object? right, out object? sum)
    {
        sum = null;
        if (left is not Markup && right is not Markup || left is not (Markup or string) || right is not (Markup or string))
        {
            return false;
        }

        sum = Mark(Arithmetic.Apply(interpreter, "+", Html(interpreter, left), Html(interpreter, right)));
        return true;
    }

    private static string Html(Interpreter interpreter, object? value) =>
        value is Markup markup ? markup.Text : TextFilters.Escape(interpreter, (string)value!);

    private static object? Mark(object? value) => value is string text ? new Markup(text) : value;
}
