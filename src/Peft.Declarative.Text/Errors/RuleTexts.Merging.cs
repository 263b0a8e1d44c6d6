namespace Peft.Declarative.Text.Errors;

/// <content>Adapters that cannot be merged into the base weights.</content>
internal static partial class RuleTexts
{
    internal static string OffWeights(string adapter, string method, string place) =>
        $"The adapter '{adapter}' has a [{method}], which sits {place} and not on weights, and cannot be merged. Save it by itself, or merge the other adapters only.";

    internal static string InFourBits(string adapter, int bits = 4) =>
        $"The adapter '{adapter}' sits on layers of {bits} bits, whose codes have no room for it. Call Merge(dequantize: true), which gives these layers dense weights "
        + "until Unmerge, or save the adapter by itself.";
}
