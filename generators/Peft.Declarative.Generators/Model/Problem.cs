namespace Peft.Declarative.Generators.Model;

/// <summary>Something wrong with a declaration. The analyzer shows it; of the generator's output it only changes what attaching does.</summary>
/// <param name="Id">Id of the rule.</param>
/// <param name="Message">What is wrong, where, and what to do.</param>
/// <param name="Place">Where.</param>
/// <param name="Suggestions">What a fix may put there, best first.</param>
/// <param name="Other">The other place that has a part in it, for two declarations that clash.</param>
internal sealed record Problem(string Id, string Message, Place Place, EquatableArray<string> Suggestions = default, Place? Other = null);
