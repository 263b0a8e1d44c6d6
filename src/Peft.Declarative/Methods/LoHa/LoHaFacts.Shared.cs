using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.LoHa;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class LoHaFacts
{
    /// <summary>The default rank, also of related methods.</summary>
    internal const int Rank = 8;

    /// <summary>The numbers of all methods of LyCORIS.</summary>
    internal static IReadOnlyList<NumberRule> Numbers { get; } =
        [NumberRule.Rank(), NumberRule.Alpha, NumberRule.Dropout("RankDropout"), NumberRule.Dropout("ModuleDropout")];

    internal static MethodFacts Method { get; } = new("LoHa", MethodClass.Reparameterized, "on the weight, an element-wise product of two low-rank products", "2108.06098")
    {
        PeftType = "LOHA",
        Adaptable = LayerKinds.WithProduct,
        Numbers = Numbers,
    };
}
