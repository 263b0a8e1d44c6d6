using System.Globalization;
using System.Numerics;
using System.Text;
using Peft.Declarative.Text.Json;
using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Python's <c>str()</c> and <c>repr()</c>.</summary>
internal static class PythonText
{
    internal static string Str(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Repr(value),
    };

    internal static string Repr(object? value)
    {
        if (value is string text)
        {
            return Quoted(text);
        }

        var written = new StringBuilder();
        Append(written, value);
        return written.ToString();
    }

    /// <summary>Python's <c>ascii()</c>: everything above U+007F is written as an escape.</summary>
    internal static string Ascii(object? value)
    {
        var written = new StringBuilder();
        foreach (Rune rune in Repr(value).EnumerateRunes())
        {
            written.Append(rune.IsAscii ? rune.ToString() : Escape(rune.Value));
        }

        return written.ToString();
    }

    private static void Append(StringBuilder into, object? value)
    {
        using Budget.Level level = Budget.CurrentDeeper();
        Budget.ChargeCurrent(1);
        Budget.RequireCurrentText(into.Length);
        switch (value)
        {
            case null: into.Append("None"); break;
            case bool truth: into.Append(truth ? "True" : "False"); break;
            case BigInteger number: into.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: into.Append(PythonFloat.Repr(number)); break;
            case string text: into.Append(Quoted(text)); break;
            case Undefined: into.Append("Undefined"); break;
            case ListValue list: AppendAll(into, "[", list.Items, "]"); break;
            case TupleValue tuple: AppendAll(into, "(", tuple.Items, tuple.Count == 1 ? ",)" : ")"); break;
            case DictValue dict: AppendEntries(into, dict); break;
            case DictView view:
                AppendAll(into, $"dict_{view.Name}([", view.Items(), "])");
                break;
            case NamespaceValue space:
                into.Append("<Namespace ");
                AppendEntries(into, space.Attributes);
                into.Append('>');
                break;
            case RangeValue range: into.Append(range); break;
            case CallableValue callable: into.Append(callable.Shown); break;
            default: into.Append('<').Append(TypeNames.Of(value)).Append('>'); break;
        }
    }

    private static void AppendAll(StringBuilder into, string open, IEnumerable<object?> items, string close)
    {
        into.Append(open);
        string separator = "";
        foreach (object? item in items)
        {
            into.Append(separator);
            Append(into, item);
            separator = ", ";
        }

        into.Append(close);
    }

    private static void AppendEntries(StringBuilder into, DictValue dict)
    {
        into.Append('{');
        string separator = "";
        foreach ((object? key, object? value) in dict.Entries)
        {
            into.Append(separator);
            Append(into, key);
            into.Append(": ");
            Append(into, value);
            separator = ", ";
        }

        into.Append('}');
    }

    private static string Quoted(string text)
    {
        Budget.ChargeReading(text);
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        for (int i = 0; i < text.Length; i++)
        {
            int units = char.IsSurrogatePair(text, i) ? 2 : 1;
            AppendQuoted(quoted, text, i, units, quote);
            i += units - 1;
        }

        return quoted.Append(quote).ToString();
    }

    private static string Escape(int codePoint) =>
        codePoint < 256 ? $"\\x{codePoint:x2}" : codePoint <= char.MaxValue ? $"\\u{codePoint:x4}" : $"\\U{codePoint:x8}";

    private static void AppendQuoted(StringBuilder quoted, string text, int at, int units, char quote)
    {
        char c = text[at];
        switch (c)
        {
            case '\\': quoted.Append(@"\\"); break;
            case '\n': quoted.Append(@"\n"); break;
            case '\r': quoted.Append(@"\r"); break;
            case '\t': quoted.Append(@"\t"); break;
            case var same when same == quote: quoted.Append('\\').Append(c); break;
            default:
                int codePoint = units == 2 ? char.ConvertToUtf32(text, at) : c;
                if (CharacterKinds.IsPrintable(codePoint))
                {
                    quoted.Append(text, at, units);
                }
                else
                {
                    quoted.Append(Escape(codePoint));
                }

                break;
        }
    }
}
