namespace Peft.Declarative.Text.Errors;

/// <content>Arguments that would change nothing, and numbers that are almost surely not what was meant.</content>
internal static partial class RuleTexts
{
    internal static string ExcludesNothing(string model, string method, string argument, string entry) =>
        $"The entry '{entry}' in {argument} of [{method}] on '{model}' takes nothing out: no adapted layer fits it. Remove it, or correct the name.";

    internal static string ExcludedTarget(string model, string method, string target, string argument) =>
        $"[{method}] on '{model}' names '{target}' in its Targets, and {argument} takes all of its layers out again. Remove it from one of the two.";

    internal static string TargetSaved(string model, string method, string target) =>
        $"[{method}] on '{model}' names '{target}' in its Targets and trains the same layers in full by ModulesToSave; a layer cannot have both. Remove it from one of the two.";

    internal static string NameTwice(string model, string method, string argument, string entry) =>
        $"{argument} of [{method}] on '{model}' has '{entry}' twice, and the second one changes nothing. Remove it.";

    internal static string AllLinearBesideNames(string method) =>
        $"[{method}] sets 'all-linear' beside other names. It stands for every linear layer but the output head and must be alone. Keep it, or list the layers.";

    internal static string PatternEntryDead(string model, string method, string argument, string entry, string earlier) =>
        $"The entry '{entry}' in {argument} of [{method}] on '{model}' is never used: '{earlier}' before it fits the same layers, and the first entry that fits decides. Remove it, or put it first.";

    internal static string BiasWithoutBiases(string model, string method, string bias) =>
        $"Bias = {bias} of [{method}] on '{model}' has no effect: {(bias == "All" ? "no layer of the model" : "none of the adapted layers")} has a bias. Remove it.";

    internal static string TiedTarget(string model, string method, string layer, string other) =>
        $"[{method}] on '{model}' adapts '{layer}', whose weight is also the weight of '{other}' (tie_word_embeddings). The adapter acts in '{layer}' alone; merging changes both, so the merged model differs. Adapt other layers, or save the adapter by itself.";

    internal static string TiedSaved(string model, string method, string layer, string other) =>
        $"[{method}] on '{model}' trains '{layer}' in full, whose weight is also the weight of '{other}' (tie_word_embeddings). The trained copy is used in '{layer}' alone and saved apart, so the two are tied no longer. Leave it out, or train both.";

    internal static string SavedInFourBits(string model, string method, string layer, int bits = 4) =>
        $"[{method}] on '{model}' trains '{layer}' in full, and [Quantize] stores it in {bits} bits, which have no room for its small steps. Add it to Exclude of [Quantize], or remove it from ModulesToSave.";

    internal static string NoSuchValue(string argument, string attribute, string model, string type, string number, IEnumerable<string> values) =>
        $"{argument} of [{attribute}] on '{model}' is {number}, which is no value of {type}. Use {string.Join(", ", values)}.";

    internal static string InitTextUnused(string argument, string method, string model) =>
        $"{argument} of [{method}] on '{model}' has no effect, because only Init = PromptInit.Text starts from a text. Set Init to it, or remove {argument}.";

    internal static string PerceptronOption(string argument, string method, string model, string fact) =>
        $"{argument} of [{method}] on '{model}' has no effect: {fact}. Remove it, or set Encoder = PromptEncoder.Lstm.";

    internal static string OptionUnused(string argument, string attribute, string model, string reason) =>
        $"{argument} of [{attribute}] on '{model}' has no effect: {reason}. Remove it.";

    internal static string TokenTwice(string method, string model, int id) =>
        $"TrainableTokens of [{method}] on '{model}' has the id {id} twice. Remove one.";

    internal static string BudgetEmpty(string model) =>
        $"[Budget] on '{model}' sets no limit and has no effect. Set MaxTrainable or MaxMemoryGiB, or remove it.";

    internal static string BeyondPositions(string model, int maxLength, long tokens, long positions, long greatest) =>
        $"MaxLength = {maxLength} of [Training] on '{model}'{(tokens > 0 ? $" and {Count(tokens)} tokens before the text need" : " needs")} {Count(maxLength + tokens)} positions, but the base has {Count(positions)}. Use {greatest} or less.";

    internal static string UnusualNumber(string argument, string attribute, string model, double value, string consequence, string usual) =>
        $"{argument} = {Number(value)} of [{attribute}] on '{model}' {consequence}. {usual}.";

    internal static string NeverCalled(string model, string slot, string method) =>
        $"[{method}] adapts '{slot}' of '{model}', but forward never calls '{slot}', so its adapter gets no gradient. Call it in forward, or adapt a layer that is.";

    internal static string CalledThroughAnother(string model, string slot, string holder, string method) =>
        $"[{method}] adapts '{slot}' of '{model}', but forward calls it through '{holder}', which keeps the layer that was there before. Call '{slot}' in forward by its own name.";

    internal static string WithoutGradient(string model, string slot, string cause, string method) =>
        $"[{method}] adapts '{slot}' of '{model}', but forward calls it under {cause}, where no gradient is recorded. Training would change no weight. Call it outside.";

    internal static string ResultDetached(string model, string slot, string cause, string method) =>
        $"[{method}] adapts '{slot}' of '{model}', but forward cuts its result off from the gradient by {cause}. Training would change no weight. Remove {cause}.";
}
