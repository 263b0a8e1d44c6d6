using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reports the numbers of an attribute that are not possible.</summary>
internal sealed class NumberChecks(AdapterSpec spec, ParseContext context)
{
    /// <summary>Checks numbers by the method's facts.</summary>
    /// <param name="facts">The method.</param>
    /// <param name="numbers">The numbers by the names of the attribute's arguments; <see langword="null"/> for one that is not set.</param>
    internal void Require(MethodFacts facts, params (string Argument, double? Value)[] numbers)
    {
        foreach ((string argument, string text) in facts.Problems(context.Model, numbers))
        {
            string? nearest = facts.Numbers.FirstOrDefault(rule => rule.Argument == argument)?.Least is { } least ? least.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
            context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument), suggestion: nearest);
        }
    }

    /// <summary>Reports a problem of several numbers together; does nothing for <see langword="null"/>.</summary>
    internal void Report(string? text, string argument)
    {
        if (text is not null) context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument));
    }
}
