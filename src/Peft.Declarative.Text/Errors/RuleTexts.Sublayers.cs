namespace Peft.Declarative.Text.Errors;

/// <content>Adapters after sublayers.</content>
internal static partial class RuleTexts
{
    internal static string NoSublayers(string model, string method, IReadOnlyList<string> wanted, IReadOnlyList<string> existing) => existing.Count == 0
        ? $"[{method}] adapts sublayers, but '{model}' has no slots for them. Derive it from a family such as LlamaForCausalLM, or use {Anywhere}."
        : $"[{method}] on '{model}' adapts nothing: no block is left that has one of its sublayers ({Names(wanted)}). Training would change no weight. The sublayers are {Names(existing)}.";

    internal static string SublayerNotFound(string model, string method, string typed, IReadOnlyList<string> near, IEnumerable<string> existing)
    {
        string meant = near.Count > 0 ? $" Did you mean {Quoted(near, "or")}?" : "";
        return $"'{model}' has no sublayer named '{typed}' for [{method}].{meant} Its sublayers are {Names(existing)}.";
    }

    internal static string NotABottleneck(string model, string adapter, string method) =>
        $"The adapter '{adapter}' on '{model}' is a {method}, which does not follow sublayers, so nothing can be composed there. Activate it beside the bottlenecks instead.";

    internal static string ReductionNotPositive(string method, string model, string argument, double reduction) =>
        $"{argument} {Number(reduction)} of [{method}] on '{model}' gives no width. Use a number above 0; 2 to 64 is common.";

    internal static string BadReductionEntry(string method, string entry) =>
        $"The entry '{entry}' in ReductionPattern of [{method}] is not of the form \"block=reduction\". Write for example \"0=8\".";

    internal static string NoReduction(string method, string model, int block) =>
        $"[{method}] on '{model}' has no reduction above 0 for block {block}. Give one for the block, or one for all.";
}
