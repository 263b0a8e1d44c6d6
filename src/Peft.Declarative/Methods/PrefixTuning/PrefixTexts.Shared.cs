namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>The words of what can be wrong with prefix tuning alone; the compiler and the run time say the same.</summary>
internal static class PrefixTexts
{
    /// <summary>Where it sits, which is not on weights.</summary>
    internal const string Place = "before the keys and values of every attention layer";

    internal static string ProjectionOff(string model) =>
        $"ProjectionHidden of [PrefixTuning] on '{model}' is the width of a network that is not there. Set Projection = true, or remove it.";

    internal static string GateNeedsBeside(string model) =>
        $"Gated of [PrefixTuning] on '{model}' needs a prefix beside the text. Set Placement = PrefixPlacement.Beside, or remove it.";
}
