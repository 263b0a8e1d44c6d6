using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class PrefixTuningFacts
{
    /// <summary>The hidden width of the network of a prefix beside the text, as in AdapterHub.</summary>
    internal const int Hidden = 512;

    internal static MethodFacts Method { get; } = new("PrefixTuning", MethodClass.Additive, "before the keys and values of every attention layer", "2101.00190")
    {
        PeftType = "PREFIX_TUNING",
        Merges = false,
        Numbers = [NumberRule.Tokens, NumberRule.Width("ProjectionHidden"), NumberRule.Dropout()],
    };

    internal static string ProjectionOff(string model) =>
        $"ProjectionHidden of [PrefixTuning] on '{model}' is the width of a network that is not there. Set Projection = true, or remove it.";

    internal static string GateNeedsBeside(string model) =>
        $"Gated of [PrefixTuning] on '{model}' needs a prefix beside the text. Set Placement = PrefixPlacement.Beside, or remove it.";
}
