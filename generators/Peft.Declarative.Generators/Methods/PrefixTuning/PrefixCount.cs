using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.PrefixTuning;

namespace Peft.Declarative.Generators.Methods.PrefixTuning;

/// <summary>Counts the values of a prefix; <see langword="null"/> if a size is not known.</summary>
internal static class PrefixCount
{
    /// <summary>Counts the trained values.</summary>
    internal static long? Trained(PrefixTuningSpec spec, PlanContext context)
    {
        if (spec.Beside) return Tensors(spec, context) + Gates(spec, context);
        if (!spec.Projection) return InFile(spec, context);

        long? width = context.KeyValueWidth;
        return Network(spec.Tokens, width, spec.Hidden > 0 ? spec.Hidden : width, 2 * context.KeyValueBlocks * width);
    }

    /// <summary>Counts the values in the file.</summary>
    internal static long? InFile(PrefixTuningSpec spec, PlanContext context)
    {
        if (!spec.Beside) return spec.Tokens * 2 * context.KeyValueBlocks * context.KeyValueWidth;

        // AdapterHub's file contains the tensors once for each attention layer, and once for all of them.
        return (Tensors(spec, context) * (Layers(context) + 1)) + Gates(spec, context);
    }

    /// <summary>Counts prefixes beside the text: a tensor, or the network that computes it, for each kind of attention.</summary>
    private static long? Tensors(PrefixTuningSpec spec, PlanContext context) => context.Attentions?.Aggregate((long?)0, (sum, kind) =>
    {
        long values = 2 * kind.Blocks * kind.Width;
        return sum + (spec.Projection ? Network(spec.Tokens, context.Width, spec.Hidden > 0 ? spec.Hidden : PrefixTuningFacts.Hidden, values) : spec.Tokens * values);
    });

    private static long? Gates(PrefixTuningSpec spec, PlanContext context) => spec.Gated ? Layers(context) * (context.Width + 1) : 0;

    private static long? Layers(PlanContext context) => context.Attentions?.Sum(kind => kind.Blocks);

    /// <summary>Counts a vector per token, and two layers with biases.</summary>
    private static long? Network(long tokens, long? width, long? hidden, long? output) => (tokens * width) + ((width + 1) * hidden) + ((hidden + 1) * output);
}
