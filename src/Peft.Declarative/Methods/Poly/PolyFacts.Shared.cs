using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Methods.Poly;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class PolyFacts
{
    internal const int Rank = 8;
    internal const int Tasks = 1;
    internal const int Skills = 4;
    internal const int Splits = 1;

    internal static MethodFacts Method { get; } = new("Poly", MethodClass.Reparameterized, "on the outputs of layers, low-rank skills that the task of each row mixes", "2202.13914")
    {
        PeftType = "POLY",
        Merges = false,
        Adaptable = LayerKinds.WithProduct,
        Numbers = [NumberRule.Rank(), NumberRule.AtLeast("tasks", 1), NumberRule.AtLeast("skills", 1), NumberRule.AtLeast("splits", 1)],
    };

    /// <summary>The first of the layers whose features cannot be split so; <see langword="null"/> if all can, or have no known size.</summary>
    internal static TargetLayer? Undivided(IEnumerable<TargetLayer> layers, int splits) =>
        splits < 1 ? null : layers.FirstOrDefault(layer => layer.Input % splits != 0 || layer.Output % splits != 0);

    internal static string SplitsDoNotDivide(string model, TargetLayer layer, int splits) =>
        RuleTexts.NumberOutOfRange("splits", Method.Name, model, splits, $"a divisor of both sizes of '{layer.Name}' ({layer.Input}→{layer.Output}); 1 to 4 is common");
}
