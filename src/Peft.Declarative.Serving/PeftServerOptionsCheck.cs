using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Peft.Declarative.Serving;

/// <summary>Checks the options of a server before it loads anything. All problems are told at once, each with the option, its value and what it may be.</summary>
internal sealed class PeftServerOptionsCheck : IValidateOptions<PeftServerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PeftServerOptions options)
    {
        string[] problems = [.. Rules(options), .. Keys(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"The options of the section '{PeftServerOptions.Section}' cannot be used: {string.Join("; ", problems)}.");
    }

    private static IEnumerable<string> Rules(PeftServerOptions options) =>
        from property in typeof(PeftServerOptions).GetProperties()
        from rule in property.GetCustomAttributes<ValidationAttribute>()
        let value = property.GetValue(options)
        where !rule.IsValid(value)
        select string.Create(CultureInfo.InvariantCulture, $"'{property.Name}' is '{value}', but must {rule.ErrorMessage ?? Limits((RangeAttribute)rule, value!)}");

    // A header without a key has an empty one, so an empty key would admit everybody.
    private static IEnumerable<string> Keys(PeftServerOptions options) => options.ApiKeys
        .Select((key, index) => (key, index))
        .Where(entry => string.IsNullOrWhiteSpace(entry.key) || entry.key != entry.key.Trim() || entry.key.Any(letter => letter is < ' ' or > '~'))
        .Select(entry => string.Create(CultureInfo.InvariantCulture, $"'{nameof(PeftServerOptions.ApiKeys)}:{entry.index}' ")
            + (string.IsNullOrWhiteSpace(entry.key)
                ? "is blank, which would admit every request. Set a key, or remove the entry to serve without keys"
                : "begins or ends with white space or has letters beyond ASCII, which no request can send. Set another key"));

    private static string Limits(RangeAttribute range, object value)
    {
        string limits = range.Maximum is int.MaxValue or >= (double)long.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"be at least {range.Minimum}")
            : string.Create(CultureInfo.InvariantCulture, $"be from {range.Minimum} to {range.Maximum}");
        return value is TimeSpan ? $"{limits}. Write one minute as 00:01:00; a number alone would be days" : limits;
    }
}
