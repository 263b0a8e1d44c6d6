using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.LoHa;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.LoKr;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class LoKrFacts
{
    /// <summary>The factor that stands for the most square split.</summary>
    internal const int MostSquare = -1;

    internal static MethodFacts Method { get; } = new("LoKr", MethodClass.Reparameterized, "on the weight, a Kronecker product of small matrices", "2309.14859")
    {
        PeftType = "LOKR",
        Adaptable = LayerKinds.WithProduct,
        Numbers =
        [
            .. LoHaFacts.Numbers,
            NumberRule.In("DecomposeFactor", value => value is MostSquare or >= 1, "-1 for the most square split, or 1 or more; 4 to 16 is common"),
        ],
    };
}
