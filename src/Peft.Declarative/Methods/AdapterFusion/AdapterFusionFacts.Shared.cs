using Peft.Declarative.Declaration;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Methods.AdapterFusion;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class AdapterFusionFacts
{
    internal static MethodFacts Method { get; } = new("AdapterFusion", MethodClass.Additive, "over bottlenecks", "2005.00247")
    {
        PeftType = "fusion",
        Merges = false,
        Numbers = [NumberRule.Dropout()],
    };

    /// <summary>Gets the text of PEFT103: the adapters cannot be combined.</summary>
    /// <param name="model">The name of the model's class.</param>
    /// <param name="wanted">The adapters that the fusion names.</param>
    /// <param name="missing">Those of them that are not bottlenecks on the model.</param>
    internal static string WithoutBottlenecks(string model, IReadOnlyList<string> wanted, IReadOnlyList<string> missing) => wanted.Distinct().Count() < wanted.Count
        ? $"[{Method.Name}] on '{model}' names an adapter twice ({RuleTexts.Names(wanted, "and")}), and one cannot be blended with itself. Name each once."
        : wanted.Count < 2
        ? $"[AdapterFusion] on '{model}' names {wanted.Count} adapters, and there is nothing to blend. Name two or more bottlenecks."
        : $"[AdapterFusion] on '{model}' blends bottlenecks, but {RuleTexts.Names(missing, "and")} {(missing.Count == 1 ? "is" : "are")} not there or of another method. Declare or load the bottlenecks first.";
}
