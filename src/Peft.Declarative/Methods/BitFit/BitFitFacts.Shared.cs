using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.BitFit;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class BitFitFacts
{
    internal static MethodFacts Method { get; } = new("BitFit", MethodClass.Selective, "the biases", "2106.10199")
    {
        PeftType = "BITFIT",
        Adaptable = LayerKinds.All,
        Families = ["qwen2", "gpt2", "bert", "roberta"],
    };
}
