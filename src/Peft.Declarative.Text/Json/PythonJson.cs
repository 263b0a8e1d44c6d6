using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Text.Json;

/// <summary>Writes JSON as Python's <c>json.dumps(value, indent=2, sort_keys=True)</c> does, so that files compare equal.</summary>
internal static class PythonJson
{
    internal static string Write(JsonObject value)
    {
        StringBuilder text = new();
        Append(text, value, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case JsonObject members:
                AppendList(text, '{', '}', depth, members.OrderBy(member => member.Key, StringComparer.Ordinal), member =>
                {
                    AppendString(text, member.Key);
                    text.Append(": ");
                    Append(text, member.Value, depth + 1);
                });
                break;
            case JsonArray items:
                AppendList(text, '[', ']', depth, items, item => Append(text, item, depth + 1));
                break;
            case JsonValue value:
                AppendValue(text, value);
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void AppendList<T>(StringBuilder text, char open, char close, int depth, IEnumerable<T> items, Action<T> append)
    {
        text.Append(open);
        bool any = false;
        foreach (T item in items)
        {
            text.Append(any ? ",\n" : "\n").Append(' ', 2 * (depth + 1));
            append(item);
            any = true;
        }

        if (any)
        {
            text.Append('\n').Append(' ', 2 * depth);
        }

        text.Append(close);
    }

    private static void AppendValue(StringBuilder text, JsonValue value)
    {
        if (value.GetValueKind() == JsonValueKind.String)
        {
            AppendString(text, value.GetValue<string>());
        }
        else if (!value.TryGetValue(out JsonElement _) && IsFloat(value, out double number))
        {
            text.Append(Float(number));
        }
        else
        {
            text.Append(value.ToJsonString());   // a number from a file keeps its digits
        }
    }

    private static bool IsFloat(JsonValue value, out double number)
    {
        if (value.TryGetValue(out number))
        {
            return true;
        }

        bool isSingle = value.TryGetValue(out float single);
        number = isSingle ? double.Parse(single.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : 0;
        return isSingle;
    }

    internal static string Float(double number) => double.IsFinite(number)
        ? PythonFloat.Repr(number)
        : throw new PeftException(RuleIds.ConfigurationUnreadable, FormattableString.Invariant($"A configuration holds the number {number}, for which JSON has no notation. Replace it."));

    /// <summary>Appends a string with its quotes.</summary>
    /// <param name="text">What has been written so far.</param>
    /// <param name="value">The string.</param>
    /// <param name="escapeNonAscii">Whether every character above U+007E is written as an escape, as <c>ensure_ascii</c> asks.</param>
    internal static void AppendString(StringBuilder text, string value, bool escapeNonAscii = true)
    {
        text.Append('"');
        foreach (char letter in value)
        {
            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                '\b' => text.Append(@"\b"),
                '\f' => text.Append(@"\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                > '~' when escapeNonAscii => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => text.Append(letter),
            };
        }

        text.Append('"');
    }
}
