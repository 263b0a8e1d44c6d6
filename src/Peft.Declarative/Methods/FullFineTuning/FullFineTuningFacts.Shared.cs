using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.FullFineTuning;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class FullFineTuningFacts
{
    internal static MethodFacts Method { get; } = new("FullFineTuning", MethodClass.Selective, "every weight, or those of the last or named layers", "")
    {
        PeftType = "FULL",
        Adaptable = LayerKinds.All,
        Numbers = [NumberRule.In("LastBlocks", value => value >= 0, "1 or more, or 0 for all layers")],
    };
}
