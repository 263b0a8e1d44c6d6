using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reports the numbers of an attribute that cannot be.</summary>
internal sealed class NumberChecks(AdapterSpec spec, ParseContext context)
{
    /// <summary>Holds numbers against what the method's facts allow.</summary>
    /// <param name="facts">The method.</param>
    /// <param name="numbers">Numbers by the names of the attribute's arguments; null for one that is not set.</param>
    internal void Require(MethodFacts facts, params (string Argument, double? Value)[] numbers)
    {
        foreach ((string argument, string text) in facts.Problems(context.Model, numbers))
        {
            string? nearest = facts.Numbers.FirstOrDefault(rule => rule.Argument == argument)?.Least is { } least ? least.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
            context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument), suggestion: nearest);
        }
    }

    /// <summary>Reports something that is wrong of several numbers together; nothing for null.</summary>
    internal void Report(string? text, string argument)
    {
        if (text is not null) context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument));
    }
}
