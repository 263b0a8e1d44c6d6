using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>The filter <c>xmlattr</c>: a dict as the attributes of an element. What is none or undefined is left out.</summary>
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
