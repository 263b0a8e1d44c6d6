using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Declaration;

/// <summary>Which values a number of an attribute or config may have, and what is said of one that it may not have.</summary>
/// <param name="Argument">Name of the attribute's argument; the config's property has the same but for its first letter.</param>
/// <param name="Allows">Whether it may have a value.</param>
/// <param name="Text">The text for a value out of range, from the names of the attribute and the model's class.</param>
internal sealed record NumberRule(string Argument, Func<double, bool> Allows, Func<string, string, double, string> Text)
{
    /// <summary>The least whole number that it may have; null for a number whose values have no least one.</summary>
    internal int? Least { get; init; }

    internal static NumberRule Rank(string argument = "rank") =>
        new(argument, value => value >= 1, (method, model, value) => RuleTexts.RankNotPositive(method, model, (int)value)) { Least = 1 };

    internal static NumberRule Alpha { get; } = new("Alpha", value => value > 0 && IsFinite(value), RuleTexts.AlphaNotPositive);

    internal static NumberRule Tokens { get; } =
        new("tokens", value => value >= 1, (method, model, value) => RuleTexts.TokensNotPositive(method, model, (int)value)) { Least = 1 };

    internal static NumberRule Layers { get; } =
        new("Layers", value => value >= 1, (method, model, value) => RuleTexts.LayersNotPositive(method, model, (int)value)) { Least = 1 };

    internal static NumberRule Width(string argument) =>
        new(argument, value => value >= 1, (method, model, value) => RuleTexts.WidthNotPositive(method, model, argument, (int)value)) { Least = 1 };

    internal static NumberRule Reduction(string argument = "reduction") => new(
        argument,
        value => value > 0 && IsFinite(value),
        (method, model, value) => RuleTexts.ReductionNotPositive(method, model, Capitalized(argument), value));

    internal static NumberRule Dropout(string argument = "Dropout") =>
        new(argument, value => value is >= 0 and < 1, (method, model, value) => RuleTexts.DropoutOutOfRange(method, model, argument, value));

    internal static NumberRule Scale { get; } = In("Scale", value => value != 0 && IsFinite(value), "a number other than 0; 1 to 4 is common");

    /// <summary>A number without words of its own.</summary>
    /// <param name="argument">Name of the attribute's argument.</param>
    /// <param name="allows">Whether it may have a value.</param>
    /// <param name="range">The values it may have, as they end the sentence "Use …".</param>
    internal static NumberRule In(string argument, Func<double, bool> allows, string range) =>
        new(argument, allows, (method, model, value) => RuleTexts.NumberOutOfRange(argument, method, model, value, range));

    internal static NumberRule AtLeast(string argument, int least) => In(argument, value => value >= least, $"{least} or more") with { Least = least };

    internal static bool IsFinite(double value) => !double.IsNaN(value) && !double.IsInfinity(value);

    /// <summary>The numbers that are out of range, with what to say of each.</summary>
    internal static IEnumerable<(string Argument, string Text)> Problems(
        IReadOnlyList<NumberRule> rules, string method, string model, IEnumerable<(string Argument, double? Value)> numbers) =>
        from number in numbers
        where number.Value is not null
        let rule = rules.First(rule => string.Equals(rule.Argument, number.Argument, StringComparison.OrdinalIgnoreCase))
        where !rule.Allows(number.Value!.Value)
        select (rule.Argument, rule.Text(method, model, number.Value!.Value));

    private static string Capitalized(string argument) => char.ToUpperInvariant(argument[0]) + argument.Substring(1);
}
