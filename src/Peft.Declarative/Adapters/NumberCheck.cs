using Peft.Declarative.Declaration;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Adapters;

/// <summary>Refuses numbers at run time as the compiler does: under the same id, in the same words.</summary>
internal static class NumberCheck
{
    /// <summary>Checks numbers that a method's part is made with.</summary>
    /// <exception cref="PeftException">PEFT202: numbers are out of range; all are named.</exception>
    internal static void Require(this MethodFacts facts, string model, params IEnumerable<(string Argument, double? Value)> numbers) =>
        Refuse(facts.Problems(model, numbers).Select(problem => problem.Text));

    /// <summary>Throws if there is something to say.</summary>
    /// <exception cref="PeftException">PEFT202: says all of it.</exception>
    internal static void Refuse(IEnumerable<string> problems)
    {
        string text = string.Join(" ", problems);
        if (text.Length > 0)
        {
            throw new PeftException(RuleIds.OutOfRange, text);
        }
    }
}
