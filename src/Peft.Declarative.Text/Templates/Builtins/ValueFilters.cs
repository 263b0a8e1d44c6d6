using System.Globalization;
using System.Numerics;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Filters on single values: defaults, numbers, JSON.</summary>
internal static class ValueFilters
{
    internal static void AddTo(MethodTable filters)
    {
        filters.Add("default", ["value", "default_value=", "boolean="], (_, a) =>
            a[0] is Undefined || (a.FlagOr(2, otherwise: false) && !Truth.Of(a[0])) ? a.Or(1, "") : a[0]);
        filters.Alias("d", "default");
        filters.Add("attr", ["obj", "name"], (_, a) => Attribute(a[0], a.Text(1)));
        filters.Add("abs", ["value"], (_, a) => a[0] is double number ? Math.Abs(number) : BigInteger.Abs(PythonNumber.ToInteger(a[0])));
        filters.Add("int", ["value", "default=", "base="], (_, a) => ToInt(a[0], a.Or(1, BigInteger.Zero), a.CountOr(2, 10)));
        filters.Add("float", ["value", "default="], (_, a) => ToFloat(a[0]) ?? a.Or(1, 0.0));
        filters.Add("round", ["value", "precision=", "method="], (_, a) => Round(a[0], a.CountOr(1, 0), a.TextOr(2, "common")));
        filters.Add("tojson", ["value", "ensure_ascii=", "indent=", "separators=", "sort_keys="], ToJson);
        filters.Add("filesizeformat", ["value", "binary="], (_, a) => FileSize(
            ToFloat(a[0]) ?? throw new TemplateError($"could not convert {PythonText.Repr(a[0])} to float"), a.FlagOr(1, otherwise: false)));
    }

    // Unlike a dot, this finds no entries of a dict.
    private static object? Attribute(object? owner, string name) => owner is not DictValue dict
        ? Members.Attribute(owner, name)
        : DictMethods.TryGet(dict, name, out object? method) ? method : Undefined.Member(owner, name);

    // The first parameter after the value is ensure_ascii, as transformers defines this filter; jinja2's own has indent there.
    private static string ToJson(Interpreter interpreter, BoundArguments a)
    {
        string? indent = a.Or(2, null) switch
        {
            null => null,
            string text => text,
            var width => new string(' ', Math.Clamp(PythonNumber.ToCount(width), 0, 1_000)),
        };
        string[] separators = a.Or(3, null) is { } given ? [.. Iteration.Items(given).Select(part => part as string ?? throw new TemplateError("separators must be texts"))] : [indent is null ? ", " : ",", ": "];
        if (separators.Length != 2)
        {
            throw new TemplateError("separators must be two texts");
        }

        var writing = new TemplateJsonWriter(
            indent, separators[0], separators[1], a.FlagOr(1, otherwise: false), a.FlagOr(4, otherwise: false), interpreter.Budget);
        return writing.Write(a[0]);
    }

    private static object? ToInt(object? value, object? otherwise, int radix)
    {
        switch (value)
        {
            case bool or BigInteger:
                return PythonNumber.ToInteger(value);
            case double number:
                return double.IsFinite(number) ? new BigInteger(number) : throw new TemplateError("cannot convert float to integer");
            case Undefined undefined:
                throw undefined.Error();
            case string text:
                return IntegerText.TryParse(text, radix, out BigInteger parsed) ? parsed
                    : ToFloat(text) is { } real && double.IsFinite(real) ? new BigInteger(real) : otherwise;
            default:
                return otherwise;
        }
    }

    private static double? ToFloat(object? value)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Error();
        }

        if (PythonNumber.IsNumber(value))
        {
            return PythonNumber.ToDouble(value!);
        }

        return value is string text ? FloatText(StringSplitting.Strip(text, characters: null, left: true, right: true)) : null;
    }

    private static double? FloatText(string text) => text.TrimStart('+', '-').ToLowerInvariant() switch
    {
        "inf" or "infinity" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
        "nan" => double.NaN,
        _ when text.Length > 0 && !text.StartsWith('_') && double.TryParse(
            text.Replace("_", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out double number) => number,
        _ => null,
    };

    private static object Round(object? value, int precision, string method)
    {
        if (method is not ("common" or "ceil" or "floor"))
        {
            throw new TemplateError("method must be common, ceil or floor");
        }

        if (value is Undefined undefined)
        {
            throw undefined.Error();
        }

        if (!PythonNumber.IsNumber(value))
        {
            throw new TemplateError($"type {TypeNames.Of(value)} doesn't define __round__ method");
        }

        if (method == "common")
        {
            return value is double number ? ExactRounding.Round(number, precision) : ExactRounding.Round(PythonNumber.ToInteger(value), precision);
        }

        double scale = Math.Pow(10, precision);
        double scaled = PythonNumber.ToDouble(value!) * scale;
        return ((method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) + 0.0) / scale; // an integer in Python, so that zero has no sign
    }

    private static string FileSize(double bytes, bool binary)
    {
        int unit = binary ? 1024 : 1000;
        if (bytes == 1)
        {
            return "1 Byte";
        }

        if (bytes < unit)
        {
            return double.IsFinite(bytes) ? $"{new BigInteger(bytes)} Bytes" : throw new TemplateError("cannot convert float infinity to integer");
        }

        const string Prefixes = "kMGTPEZY";
        int power = 1;
        while (power < Prefixes.Length && PythonNumber.Compare(bytes, BigInteger.Pow(unit, power + 1)) >= 0)
        {
            power++;
        }

        char prefix = binary ? char.ToUpperInvariant(Prefixes[power - 1]) : Prefixes[power - 1];
        return $"{ExactRounding.Fixed(bytes / Math.Pow(unit, power), 1)} {prefix}{(binary ? "iB" : "B")}";
    }
}
