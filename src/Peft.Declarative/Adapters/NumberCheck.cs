using Peft.Declarative.Declaration;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Adapters;

/// <summary>Checks numbers at run time with the compiler's ids and messages.</summary>
internal static class NumberCheck
{
    /// <summary>Checks the numbers with which a part of a method is created.</summary>
    /// <exception cref="PeftException">PEFT202: numbers are out of range. The message lists all of them.</exception>
    internal static void Require(this MethodFacts facts, string model, params IEnumerable<(string Argument, double? Value)> numbers) =>
        Refuse(facts.Problems(model, numbers).Select(problem => problem.Text));

    /// <summary>Throws if there is a problem.</summary>
    /// <exception cref="PeftException">PEFT202: there are problems. The message lists all of them.</exception>
    internal static void Refuse(IEnumerable<string> problems)
    {
        string text = string.Join(" ", problems);
        if (text.Length > 0)
        {
            throw new PeftException(RuleIds.OutOfRange, text);
        }
    }
}
