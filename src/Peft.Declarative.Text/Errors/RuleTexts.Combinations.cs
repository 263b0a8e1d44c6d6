namespace Peft.Declarative.Text.Errors;

/// <content>3xx: declarations side by side.</content>
internal static partial class RuleTexts
{
    /// <summary>What to use instead of a method that a model has no slots for: it sits on any linear layer.</summary>
    private const string Anywhere = "[Lora]";

    internal static string NeedsCausalModel(string method, string what, string model) =>
        $"[{method}] {what} of a causal language model, but '{model}' does not derive from CausalLanguageModel. Derive it from a family such as LlamaForCausalLM, or use {Anywhere}.";

    internal static string TrainingNeedsCausalModel(string argument, string model) =>
        $"{argument} of [Training] acts inside the blocks of a causal language model, but '{model}' does not derive from CausalLanguageModel. Remove it, or derive '{model}' from a family such as LlamaForCausalLM.";

    internal static string QuantizeNeedsFamily(string model) =>
        $"[Quantize] stores the layers of a family in 4 or 8 bits as they are read, but '{model}' does not derive from PretrainedModel. Remove it, or derive '{model}' from a family such as LlamaForCausalLM.";

    internal static string TrainsFourBits(string method, int bits = 4) =>
        $"[{method}] trains weights of the base themselves, and a base in {bits} bits has no room for its small steps. Leave [Quantize] away, or use {Anywhere}.";

    internal static string LoftQNeedsQuantize(string method, string model) =>
        $"[{method}] on '{model}' starts with LoftQ, which makes up for the rounding of a quantized base, but '{model}' has no [Quantize]. Add [Quantize], or remove Init.";

    internal static string LoftQBits(string method, string model) =>
        $"[{method}] on '{model}' starts with LoftQ, which makes up for the rounding to 4 bits, but [Quantize] has a type of 8 bits, which loses almost nothing. Use QuantizationType.Nf4, or remove Init.";

    internal static string LoftQNeedsDense(string adapter) =>
        $"The adapter '{adapter}' starts with LoftQ, which needs the weights before rounding, and only their codes are left. Load the base from files with dense weights, or attach the adapter before Quantize.";

    internal static string LoftQDiffers(string adapter) =>
        $"The adapter '{adapter}' starts with LoftQ, but another adapter has already rounded the base in its own way, and would no longer fit. Use one rank and one number of iterations for all of them.";

    internal static string Incompatible(string first, string second, string claim, string model) =>
        $"[{first}] and [{second}] both {claim} on '{model}' and cannot be combined. Keep one.";

    internal static string NobodyNamed(string model) =>
        $"[Personas] on '{model}' has no names, so there is no adapter. Write the names of the personas, or remove [Personas].";

    internal static string NothingToRepeat(string model, IReadOnlyList<string> named) =>
        $"[Personas] on '{model}' has no adapter to repeat: {Names(named.Select(name => $"'{name}'"))} {(named.Count == 1 ? "has" : "have")} a Name of {(named.Count == 1 ? "its" : "their")} own. "
        + "Remove the Name of the one that is to be repeated, or remove [Personas].";

    internal static string RepeatsTwo(string model, string first, string second) =>
        $"[Personas] on '{model}' repeats one adapter, but [{first}] and [{second}] have no Name, so it is not clear which. Set Name on the one that is not to be repeated.";

    internal static string CannotRepeat(string model, string method, string claim) =>
        $"[{method}] on '{model}' cannot be repeated by [Personas]: the adapters would all {claim}, which the rows of a batch share. Remove [Personas], or use {Anywhere}.";

    internal const string PackingNeedsDecoder = "it is no decoder, and its texts would see each other";

    internal const string PackingNeedsFamily = "it is given token ids only, and does not learn where one text ends and the next begins";

    internal static string CannotPack(string model, string obstacle) =>
        $"Packing of [Training] puts several texts into one row, which '{model}' cannot keep apart: {obstacle}. Remove Packing; GroupByLength = true also saves padding.";

    internal static string DuplicateName(string model, string name) =>
        $"Two adapters on '{model}' are named '{name}', so saving one would overwrite the other. Set Name on this one.";

    internal static string UnusableName(string model, string name, string reason) =>
        $"The adapter name '{name}' on '{model}' {reason}. Use letters, digits, '-' and '_'.";
}
