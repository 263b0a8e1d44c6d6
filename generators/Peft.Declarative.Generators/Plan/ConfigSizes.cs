using System.Globalization;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Evaluates the sizes of slots with a config. Fields that the file omits have the family's defaults.</summary>
internal sealed class ConfigSizes(ConfigFile? config, IReadOnlyList<ConfigDefaultSpec> defaults)
{
    private readonly List<string> _missing = [];

    // The fields that are being evaluated, so that defaults that refer to each other end.
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>The requested fields that are neither in the file nor in the family's defaults.</summary>
    internal IReadOnlyList<string> Missing => _missing;

    internal bool IsKnown => config is not null;

    /// <summary>Evaluates a product such as <c>3*n_embd</c>; 0 if a factor is not known, and for the empty text of a vector's second axis.</summary>
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

    /// <summary>Evaluates <c>true</c>, or the field of that name.</summary>
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

    /// <summary>Evaluates a condition such as <c>!is_gated_act</c>; <see langword="null"/> without a config. An empty condition is true.</summary>
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
                _missing.RemoveRange(reported, _missing.Count - reported);   // the fields that another default would need
                return number;
            }
        }

        if (!_missing.Contains(field)) _missing.Add(field);
        return null;
    }

    /// <summary>Evaluates products divided by each other; <see langword="null"/> if one is not known.</summary>
    private long? Quotient(string text)
    {
        List<long> products = text.Split('/').Select(Product).ToList();
        return products.Contains(0) ? null : products.Skip(1).Aggregate(products[0], (quotient, divisor) => quotient / divisor);
    }

    private IEnumerable<ConfigDefaultSpec> Defaults(string field) => defaults.Where(usual => usual.Field == field && Meets(usual.When));

    /// <summary>Evaluates <c>field=value</c>, or <c>field=beginning*</c>.</summary>
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
