using System.Globalization;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Resolves the size texts of slots against a config. Fields that the file leaves out have the values that the family states.</summary>
internal sealed class ConfigSizes(ConfigFile? config, IReadOnlyList<ConfigDefaultSpec> defaults)
{
    private readonly List<string> _missing = [];

    // Fields that are being resolved, so that defaults which name each other come to an end.
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>Fields that were asked for and are neither in the file nor stated by the family.</summary>
    internal IReadOnlyList<string> Missing => _missing;

    internal bool IsKnown => config is not null;

    /// <summary>Value of a product such as <c>3*n_embd</c>; 0 if a factor is not known, and for the empty text of a vector's second axis.</summary>
    internal long Product(string text)
    {
        if (text.Length == 0) return 0;

        long product = 1;
        foreach (string factor in text.Split('*'))
        {
            long? value = Whole(factor.Trim()) ?? Number(factor.Trim());
            if (value is null) return 0;
            product *= value.Value;
        }

        return product;
    }

    /// <summary>Whether <c>true</c>, or the field of that name.</summary>
    internal bool Flag(string text)
    {
        if (text is "true" or "false" or "") return text == "true";
        if (Value(text) is { } value) return value == "true";
        if (!_open.Add(text)) return false;

        ConfigDefaultSpec? usual = Defaults(text).FirstOrDefault();
        bool flag = usual is not null && Flag(usual.Value);
        _open.Remove(text);
        return flag;
    }

    /// <summary>Whether a condition such as <c>!is_gated_act</c> holds; null without a config. No condition always holds.</summary>
    internal bool? Holds(string condition) => condition.Length == 0 ? true
        : config is null ? null
        : condition[0] == '!' ? !Flag(condition.Substring(1))
        : Flag(condition);

    internal int? Count(string field) => field.Length > 0 && Number(field) is { } count and > 0 and < 100_000 ? (int)count : null;

    private long? Number(string field)
    {
        if (config is null) return null;
        if (Whole(Value(field)) is { } value) return value;

        int reported = _missing.Count;
        if (_open.Add(field))
        {
            long? number = Defaults(field).Select(usual => Quotient(usual.Value)).FirstOrDefault(found => found is not null);
            _open.Remove(field);
            if (number is not null)
            {
                _missing.RemoveRange(reported, _missing.Count - reported);   // what another default would have needed
                return number;
            }
        }

        if (!_missing.Contains(field)) _missing.Add(field);
        return null;
    }

    /// <summary>Products divided by each other; null if one is not known.</summary>
    private long? Quotient(string text)
    {
        List<long> products = text.Split('/').Select(Product).ToList();
        return products.Contains(0) ? null : products.Skip(1).Aggregate(products[0], (quotient, divisor) => quotient / divisor);
    }

    private IEnumerable<ConfigDefaultSpec> Defaults(string field) => defaults.Where(usual => usual.Field == field && Meets(usual.When));

    /// <summary>Whether the file meets <c>field=value</c>, or <c>field=beginning*</c>.</summary>
    private bool Meets(string condition)
    {
        int equals = condition.IndexOf('=');
        if (equals < 0) return true;

        string value = Value(condition.Substring(0, equals)) ?? "";
        string wanted = condition.Substring(equals + 1);
        return wanted.EndsWith("*", StringComparison.Ordinal) ? value.StartsWith(wanted.TrimEnd('*'), StringComparison.Ordinal) : value == wanted;
    }

    private string? Value(string field) => config?[field] is { } value and not "null" ? value : null;

    private static long? Whole(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
