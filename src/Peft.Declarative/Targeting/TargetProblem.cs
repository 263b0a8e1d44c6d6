namespace Peft.Declarative.Targeting;

/// <summary>What is wrong with a query, told the same way by the compiler and while attaching.</summary>
/// <param name="Id">Id of the rule, such as <c>PEFT101</c>.</param>
/// <param name="Message">What is wrong, where, and what to do.</param>
/// <param name="Argument">Argument of the declaration at fault, such as <c>Targets</c>; empty for the declaration as a whole.</param>
/// <param name="Index">Element of that argument, or -1 for all of it.</param>
/// <param name="Near">Names that may have been meant, nearest first.</param>
internal sealed record TargetProblem(string Id, string Message, string Argument, int Index, IReadOnlyList<string> Near);
