using Peft.Declarative.Text.Templates.Builtins;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Rules for text that is already HTML. They apply without automatic escaping too; templates reach them through <c>safe</c>.</summary>
internal static class MarkupRules
{
    /// <summary>Applies a filter to text that may be HTML; false if the filter treats both alike.</summary>
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

    /// <summary>Concatenates HTML and text as HTML; false if neither is HTML or one is not text.</summary>
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

/// <summary>
/// Text that is already HTML, the result of the filters <c>e</c> and <c>safe</c>. Only expressions and variables distinguish it from other text: what is
/// added to it is escaped, and it is not escaped twice.
/// </summary>
/// <param name="Text">The text.</param>
internal sealed record Markup(string Text)
{
    /// <summary>The value as plain text.</summary>
    internal static object? Unmarked(object? value) => value is Markup markup ? markup.Text : value;
}
