using System.Numerics;
using System.Text;
using Peft.Declarative.Text.Json;
using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Python's <c>json.dumps</c>.</summary>
/// <param name="indent">What one level is indented by; null writes one line.</param>
/// <param name="itemSeparator">Between items.</param>
/// <param name="keySeparator">Between key and value.</param>
/// <param name="escapeNonAscii">Whether everything above U+007F is written as an escape.</param>
/// <param name="sortKeys">Whether keys are ordered.</param>
/// <param name="budget">Pays for what is written.</param>
internal sealed class TemplateJsonWriter(string? indent, string itemSeparator, string keySeparator, bool escapeNonAscii, bool sortKeys, Budget budget)
{
    private readonly StringBuilder _written = new();

    internal string Write(object? value)
    {
        Append(value, depth: 0);
        return _written.ToString();
    }

    private void Append(object? value, int depth)
    {
        using Budget.Level level = budget.Deeper();
        budget.Charge(1);
        budget.RequireText(_written.Length);
        switch (value)
        {
            case null: _written.Append("null"); break;
            case bool truth: _written.Append(truth ? "true" : "false"); break;
            case BigInteger: _written.Append(PythonText.Repr(value)); break;
            case double number: _written.Append(Float(number)); break;
            case string text: AppendString(text); break;
            case ListValue list: AppendAll('[', list.Items, item => Append(item, depth + 1), depth, ']'); break;
            case TupleValue tuple: AppendAll('[', tuple.Items, item => Append(item, depth + 1), depth, ']'); break;
            case DictValue dict: AppendAll('{', Ordered(dict), entry => AppendEntry(entry, depth), depth, '}'); break;
            default: throw new TemplateError($"Object of type {TypeNames.Of(value)} is not JSON serializable");
        }
    }

    private void AppendEntry((object? Key, object? Value) entry, int depth)
    {
        AppendString(entry.Key switch
        {
            string text => text,
            null => "null",
            bool truth => truth ? "true" : "false",
            double number => Float(number),
            BigInteger => PythonText.Repr(entry.Key),
            _ => throw new TemplateError($"keys must be str, int, float, bool or None, not {TypeNames.Of(entry.Key)}"),
        });
        _written.Append(keySeparator);
        Append(entry.Value, depth + 1);
    }

    private IReadOnlyList<(object? Key, object? Value)> Ordered(DictValue dict)
    {
        List<(object? Key, object? Value)> entries = [.. dict.Entries];
        return sortKeys ? Comparison.Ordered(entries, entry => entry.Key) : entries;
    }

    private void AppendAll<T>(char open, IReadOnlyList<T> items, Action<T> append, int depth, char close)
    {
        _written.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            _written.Append(i > 0 ? itemSeparator : "");
            AppendLine(depth + 1);
            append(items[i]);
        }

        if (items.Count > 0)
        {
            AppendLine(depth);
        }

        _written.Append(close);
    }

    private void AppendLine(int depth)
    {
        if (indent is null)
        {
            return;
        }

        budget.RequireText(_written.Length + (long)depth * indent.Length);
        budget.Charge((long)depth * indent.Length / Budget.CharactersPerStep);
        _written.Append('\n');
        for (int i = 0; i < depth; i++)
        {
            _written.Append(indent);
        }
    }

    private static string Float(double number) =>
        double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity") : PythonFloat.Repr(number);

    private void AppendString(string text)
    {
        Budget.ChargeReading(text);
        PythonJson.AppendString(_written, text, escapeNonAscii);
    }
}
