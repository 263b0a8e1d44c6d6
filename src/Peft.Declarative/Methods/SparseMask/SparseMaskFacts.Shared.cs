using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.SparseMask;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class SparseMaskFacts
{
    internal const double Density = 0.005;
    internal const int Samples = 1024;

    internal static MethodFacts Method { get; } = new("SparseMask", MethodClass.Selective, "single weights, selected by Fisher information or magnitude", "2111.09839")
    {
        PeftType = "SPARSE_MASK",
        Adaptable = LayerKinds.Linear,
        Numbers =
        [
            NumberRule.In("density", value => value is > 0 and <= 1, "above 0 and at most 1; 0.005 is common"),
            NumberRule.AtLeast("Samples", 1),
        ],
    };
}
