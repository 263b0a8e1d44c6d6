namespace Peft.Declarative.Text.Errors;

/// <content>2xx: numbers.</content>
internal static partial class RuleTexts
{
    internal static string RankTooLarge(int rank, string layer, long input, long output, long limit) =>
        $"Rank {rank} is not low for '{layer}' ({input}→{output}). Above {limit} the adapter holds more weights than the layer itself. Use {limit} or less.";

    internal static string RankNotPositive(string method, string model, int rank) =>
        $"Rank {rank} of [{method}] on '{model}' leaves nothing to train. Use 1 or more; 4 to 64 is common.";

    internal static string AlphaNotPositive(string method, string model, double alpha) =>
        $"Alpha {Number(alpha)} of [{method}] on '{model}' switches the adapter off or turns it around. Use a number above 0; the rank, or twice it, is common.";

    internal static string DropoutOutOfRange(string method, string model, string argument, double dropout) =>
        $"{argument} {Number(dropout)} of [{method}] on '{model}' is not a probability that leaves something to learn from. Use 0 or more and less than 1.";

    internal static string NumberOutOfRange(string argument, string method, string model, double value, string range) =>
        $"{argument} = {Number(value)} of [{method}] on '{model}' cannot be. Use {range}.";

    internal static string TokensNotPositive(string method, string model, int tokens) =>
        $"{tokens} tokens in [{method}] on '{model}' leave nothing to train. Use 1 or more; 20 to 100 is common.";

    internal static string WidthNotPositive(string method, string model, string argument, int width) =>
        $"{argument} = {width} of [{method}] on '{model}' leaves the network nothing to pass through. Use 1 or more; 128 to 1024 is common.";

    internal static string LayersNotPositive(string method, string model, int layers) =>
        $"Layers = {layers} of [{method}] on '{model}' is no network. Use 1 or more; 2 is common.";

    internal static string InitTextMissing(string method, string model) =>
        $"[{method}] on '{model}' starts from a text, but InitText is not set. Set InitText, or take another Init.";

    internal static string BadPatternEntry(string argument, string method, string entry, string number) =>
        $"The entry '{entry}' in {argument} of [{method}] is not of the form \"name={number}\". Write for example \"q_proj={number}\".";

    internal static string TooManyTrainable(string model, long trainable, long limit, string parts) =>
        $"'{model}' trains {Count(trainable)} parameters, {Count(trainable - limit)} more than the {Count(limit)} of its [Budget]: {parts}. Lower a rank, adapt fewer layers, or raise MaxTrainable.";

    internal static string TooLargeFile(string model, string mib, string limit, string parts) =>
        $"The adapters of '{model}' are {mib} MiB on disk, more than the {limit} MiB of its [Budget]: {parts}. Lower a rank, adapt fewer layers, or raise MaxAdapterMiB.";

    internal static string TooMuchMemory(string model, string gib, string batch, string limit, string parts, string best) =>
        $"'{model}' needs {gib} GiB for a step of {batch} tokens, more than the {limit} GiB of its [Budget]: {parts}. {best}";

    internal static string BudgetNeedsSizes(string model) =>
        $"[Budget] on '{model}' cannot be kept without knowing the model's sizes. Add [BaseConfig(\"…/config.json\")].";

    internal static string OutlierThresholdNegative(string model, double threshold) =>
        $"[Quantize] on '{model}' has the outlier threshold {Number(threshold)}, but an absolute value is never below 0. Use 6, or 0 for no outliers.";

    internal static string BlockSizeUnknown(string model, int blockSize, IEnumerable<int> known) =>
        $"Blocks of {blockSize} in the quantisation of '{model}' are none that kernels know. Use {string.Join(", ", known)}; 64 is common.";
}
