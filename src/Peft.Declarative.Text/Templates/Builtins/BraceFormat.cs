using System.Globalization;
using System.Numerics;
using System.Text;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary><c>str.format</c>, whose fields reach attributes and items only as templates do.</summary>
internal static class BraceFormat
{
    private const int DeepestNesting = 2;

    internal static string Apply(Interpreter interpreter, string format, CallArguments arguments)
    {
        int? automatic = 0;
        return Apply(interpreter, format, arguments, ref automatic, DeepestNesting);
    }

    // 'automatic' is the number of the next field without one; null after a field that has one, as the two do not mix.
    private static string Apply(Interpreter interpreter, string format, CallArguments arguments, ref int? automatic, int depth)
    {
        if (depth == 0)
        {
            throw new TemplateError("Max string recursion exceeded");
        }

        var written = new StringBuilder();
        for (int at = 0; at < format.Length; at++)
        {
            char c = format[at];
            if (c is '{' or '}' && at + 1 < format.Length && format[at + 1] == c)
            {
                written.Append(c);
                at++;
            }
            else if (c == '}')
            {
                throw new TemplateError("Single '}' encountered in format string");
            }
            else if (c == '{')
            {
                int end = FieldEnd(format, at);
                written.Append(Field(interpreter, format[(at + 1)..end], arguments, ref automatic, depth));
                at = end;
            }
            else
            {
                written.Append(c);
            }

            interpreter.Budget.RequireText(written.Length);
        }

        interpreter.Budget.ChargeText(written.Length);
        return written.ToString();
    }

    private static int FieldEnd(string format, int at)
    {
        int open = 0;
        for (int i = at; i < format.Length; i++)
        {
            open += format[i] == '{' ? 1 : format[i] == '}' ? -1 : 0;
            if (open == 0)
            {
                return i;
            }
        }

        throw new TemplateError("expected '}' before end of string");
    }

    // name!conversion:specification
    private static string Field(Interpreter interpreter, string field, CallArguments arguments, ref int? automatic, int depth)
    {
        int colon = field.IndexOf(':');
        string head = colon < 0 ? field : field[..colon];
        string spec = colon < 0 ? "" : field[(colon + 1)..];
        int bang = head.IndexOf('!');
        string conversion = bang < 0 ? "" : head[(bang + 1)..];
        object? value = Value(bang < 0 ? head : head[..bang], arguments, ref automatic);
        value = conversion switch
        {
            "" when bang < 0 => value,
            "s" => PythonText.Str(value),
            "r" => PythonText.Repr(value),
            "a" => PythonText.Ascii(value),
            _ => throw new TemplateError($"Unknown conversion specifier '{conversion}'"),
        };
        if (spec.Contains('{'))
        {
            spec = Apply(interpreter, spec, arguments, ref automatic, depth - 1);
        }

        return FormatSpec.Parse(spec).Apply(interpreter, value);
    }

    private static object? Value(string name, CallArguments arguments, ref int? automatic)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        string first = end < 0 ? name : name[..end];
        object? value;
        if (name.Length == 0 || (first.Length > 0 && first.All(char.IsAsciiDigit)))
        {
            int index = Index(name, first, ref automatic);
            value = index < arguments.Positional.Count
                ? arguments.Positional[index]
                : throw new TemplateError("Replacement index out of range for positional args tuple");
        }
        else
        {
            Budget.ChargeCurrent(arguments.Keywords.Count);
            int keyword = arguments.Keywords.ToList().FindIndex(pair => pair.Key == first);
            value = keyword >= 0 ? arguments.Keywords[keyword].Value : throw new TemplateError($"format has no argument '{first}'");
        }

        return end < 0 ? value : Reach(value, name[end..]);
    }

    private static int Index(string name, string first, ref int? automatic)
    {
        bool isPlainNumber = name.Length > 0 && name == first;
        if (name.Length == 0 ? automatic is null : isPlainNumber && automatic > 0)
        {
            throw new TemplateError("cannot switch from manual field specification to automatic field numbering");
        }

        if (name.Length == 0)
        {
            return (int)automatic++!;
        }

        automatic = isPlainNumber ? null : automatic;
        return int.TryParse(first, CultureInfo.InvariantCulture, out int given) ? given : int.MaxValue;
    }

    // .attribute and [item], one after the other.
    private static object? Reach(object? value, string path)
    {
        while (path.Length > 0)
        {
            if (path[0] == '[')
            {
                int close = path.IndexOf(']');
                string key = close > 0 ? path[1..close] : throw new TemplateError("Missing ']' in format string");
                value = Members.Item(value, BigInteger.TryParse(key, CultureInfo.InvariantCulture, out BigInteger index) ? index : key);
                path = path[(close + 1)..];
                continue;
            }

            int end = path.AsSpan(1).IndexOfAny('.', '[');
            value = Members.Attribute(value, end < 0 ? path[1..] : path[1..(end + 1)]);
            path = end < 0 ? "" : path[(end + 1)..];
        }

        return value;
    }
}
