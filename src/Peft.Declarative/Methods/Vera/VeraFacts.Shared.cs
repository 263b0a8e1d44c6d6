using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Methods.Vera;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class VeraFacts
{
    internal const int Rank = 256;
    internal const double Start = 0.1;

    internal static MethodFacts Method { get; } = new("Vera", MethodClass.Reparameterized, "on the weight, projections shared by all layers", "2310.11454")
    {
        PeftType = "VERA",
        Adaptable = LayerKinds.WithProduct,
        Numbers =
        [
            NumberRule.Rank(),
            NumberRule.Dropout(),
            new NumberRule("Start", value => value != 0 && NumberRule.IsFinite(value), StartIsZero),
        ],
    };

    private static string StartIsZero(string method, string model, double start) =>
        $"Start of [{method}] on '{model}' is {RuleTexts.Number(start)}, through which no gradient reaches the other vector: nothing would be learnt. Use 0.1, or another small number.";
}
