using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.Dora;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class DoraFacts
{
    internal static MethodFacts Method { get; } = new("Dora", MethodClass.Reparameterized, "on the weight, direction and magnitude separately", "2402.09353")
    {
        PeftType = LoraFacts.Method.PeftType,
        Adaptable = LayerKinds.WithMatrix,
        Numbers = [NumberRule.Rank(), NumberRule.Alpha, NumberRule.Dropout(), NumberRule.AtLeast("LoftQIterations", 1)],
    };
}
