using System.Globalization;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.Bottleneck;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>Parses [Bottleneck] and [ParallelBottleneck].</summary>
internal static class BottleneckParser
{
    private static readonly string[] Usual = [SublayerNames.Of(SublayerKind.FeedForward)];

    // The settings that are written into the config unchanged, besides sublayers and reductions.
    private static readonly string[] Written =
    [
        nameof(SublayerAdapterAttribute.Activation), nameof(SublayerAdapterAttribute.LearnedScale), nameof(SublayerAdapterAttribute.Residual),
        nameof(SublayerAdapterAttribute.Init), nameof(SublayerAdapterAttribute.Scale), nameof(SublayerAdapterAttribute.Dropout),
        nameof(SublayerAdapterAttribute.StochasticDepth), nameof(SublayerAdapterAttribute.InvertibleReduction), nameof(SublayerAdapterAttribute.Gated),
        nameof(SublayerAdapterAttribute.SumBefore), nameof(SublayerAdapterAttribute.SumAfter), nameof(SublayerAdapterAttribute.NormBefore),
        nameof(SublayerAdapterAttribute.NormAfter), nameof(SublayerAdapterAttribute.ResidualBeforeNormAfter), nameof(SublayerAdapterAttribute.Invertible),
    ];

    internal static BottleneckSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<SublayerAdapterAttribute>();
        EquatableArray<string> targets = (declared.Targets ?? Usual).ToEquatableArray();
        bool houlsby = declared is BottleneckAttribute && targets.Contains(SublayerNames.Of(SublayerKind.Attention));
        Activation function = attribute.IfSet(nameof(declared.Activation), declared.Activation) ?? (houlsby ? Activation.Swish : Activation.Relu);
        var spec = new BottleneckSpec(attribute.Identity)
        {
            Targets = targets,
            Reduction = declared.Reduction,
            ReductionPattern = Pattern(attribute, declared.ReductionPattern ?? [], context),
            LeaveOut = (declared.LeaveOut ?? []).ToEquatableArray(),
            LearnedScale = declared.LearnedScale,
            Gated = declared.Gated,
            Norms = (declared.NormBefore ? 1 : 0) + (declared.NormAfter ? 1 : 0),
            Invertible = declared.Invertible,
            InvertibleReduction = declared.InvertibleReduction,
            Function = function.ToString().ToLowerInvariant(),
            Settings = Written.Where(attribute.IsSet).Select(property => Setting(declared, property)).ToEquatableArray(),
        };
        Check(spec, declared, attribute, context);
        return spec;
    }

    private static BottleneckSetting Setting(SublayerAdapterAttribute declared, string property)
    {
        object value = typeof(SublayerAdapterAttribute).GetProperty(property)!.GetValue(declared)!;
        return value switch
        {
            double number => new BottleneckSetting(property, "", Literal.Of(number)),
            bool flag => new BottleneckSetting(property, "", Literal.Of(flag)),
            _ => new BottleneckSetting(property, value.GetType().Name, value.ToString()),
        };
    }

    private static EquatableArray<PatternEntry> Pattern(AttributeReader attribute, IReadOnlyList<string> texts, ParseContext context)
    {
        var entries = new List<PatternEntry>();
        for (int i = 0; i < texts.Count; i++)
        {
            PatternEntry? entry = PatternEntry.Parse(texts[i], whole: false);
            if (entry is not null && int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) entries.Add(entry);
            else context.Report(RuleIds.BadPatternEntry, RuleTexts.BadReductionEntry(attribute.Name, texts[i]), attribute.Place.At("ReductionPattern", i));
        }

        return entries.ToEquatableArray();
    }

    private static void Check(BottleneckSpec spec, SublayerAdapterAttribute declared, AttributeReader attribute, ParseContext context)
    {
        string model = context.Model;
        new NumberChecks(spec, context).Require(
            BottleneckFacts.Method with { Name = spec.Method },
            ("reduction", spec.Reduction),
            ("InvertibleReduction", spec.InvertibleReduction),
            ("Dropout", declared.Dropout),
            ("StochasticDepth", declared.StochasticDepth),
            ("Scale", attribute.IfSet(nameof(declared.Scale), declared.Scale)));
        if (attribute.IsSet(nameof(declared.InvertibleReduction)) && !spec.Invertible) context.Unused(attribute, nameof(declared.InvertibleReduction), "there is no invertible network without Invertible = true");
        if (declared is { ResidualBeforeNormAfter: true, NormAfter: false }) context.Unused(attribute, nameof(declared.ResidualBeforeNormAfter), "there is no norm to be before without NormAfter = true");
        if (spec.Invertible && !context.IsPretrained)
        {
            string text = RuleTexts.NeedsCausalModel(spec.Method, "trains an invertible network on the embeddings", model);
            context.Report(RuleIds.NeedsCausalModel, text, spec.Place.At("Invertible"));
        }
    }
}
