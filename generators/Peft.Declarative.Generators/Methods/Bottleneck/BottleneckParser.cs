using System.Globalization;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.Bottleneck;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>Reads [Bottleneck] and [ParallelBottleneck].</summary>
internal static class BottleneckParser
{
    // In the order of the enums.
    private static readonly string[] Functions = ["Relu", "Swish", "Gelu", "GeluTanh", "Tanh", "Sigmoid", "LeakyRelu", "Relu6", "Mish", "Linear"];
    private static readonly string[] Inits = ["Default", "Normal", "ZeroUp", "TruncatedNormal"];
    private static readonly string[] Residuals = ["Result", "Normalised", "Sum"];
    private static readonly string[] Scales = ["None", "Scalar", "Channel"];

    internal static BottleneckSpec Parse(AttributeReader attribute, ParseContext context)
    {
        EquatableArray<string> targets = attribute.Texts("Targets") ?? new[] { "mlp" }.ToEquatableArray();
        bool houlsby = attribute.Method == "Bottleneck" && targets.Contains("attention");
        int function = attribute.IsSet("Activation") ? attribute.EnumValue("Activation") : houlsby ? 1 : 0;
        var spec = new BottleneckSpec(attribute.Method)
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            Targets = targets,
            Reduction = attribute.FirstNumber() ?? 0,
            ReductionPattern = Pattern(attribute, context),
            LeaveOut = attribute.Ints("LeaveOut") ?? default,
            LearnedScale = attribute.EnumValue("LearnedScale"),
            Gated = Flag(attribute, "Gated"),
            Norms = (Flag(attribute, "NormBefore") ? 1 : 0) + (Flag(attribute, "NormAfter") ? 1 : 0),
            Invertible = Flag(attribute, "Invertible"),
            InvertibleReduction = attribute.Value<double>("InvertibleReduction") ?? BottleneckFacts.InvertibleReduction,
            Function = (Functions.ElementAtOrDefault(function) ?? "Relu").ToLowerInvariant(),
            Settings = Settings(attribute).ToEquatableArray(),
        };
        Check(spec, attribute, context);
        return spec;
    }

    /// <summary>Settings beyond places and reductions, with a mark for the enum's type: <c>Activation = {Activation}.Gelu</c>.</summary>
    private static IEnumerable<string> Settings(AttributeReader attribute)
    {
        foreach ((string setting, string type, string[] values) in new[]
        {
            ("Activation", "Activation", Functions), ("LearnedScale", "ScaleLearning", Scales), ("Residual", "BottleneckResidual", Residuals),
            ("Init", "BottleneckInit", Inits),
        })
        {
            if (attribute.IsSet(setting) && values.ElementAtOrDefault(attribute.EnumValue(setting)) is { } value) yield return $"{setting} = {{{type}}}.{value}";
        }

        foreach (string number in new[] { "Scale", "Dropout", "StochasticDepth", "InvertibleReduction" })
        {
            if (attribute.Value<double>(number) is { } value && attribute.IsSet(number)) yield return $"{number} = {Literal.Of(value)}";
        }

        foreach (string flag in new[] { "Gated", "SumBefore", "SumAfter", "NormBefore", "NormAfter", "ResidualBeforeNormAfter", "Invertible" })
        {
            if (attribute.IsSet(flag)) yield return $"{flag} = {(Flag(attribute, flag) ? "true" : "false")}";
        }
    }

    private static bool Flag(AttributeReader attribute, string name) => attribute.Value<bool>(name) ?? false;

    private static EquatableArray<PatternEntry> Pattern(AttributeReader attribute, ParseContext context)
    {
        EquatableArray<string> texts = attribute.Texts("ReductionPattern") ?? default;
        var entries = new List<PatternEntry>();
        for (int i = 0; i < texts.Count; i++)
        {
            PatternEntry? entry = PatternEntry.Parse(texts[i], whole: false);
            if (entry is not null && int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) entries.Add(entry);
            else context.Report(RuleIds.BadPatternEntry, RuleTexts.BadReductionEntry(attribute.Method, texts[i]), attribute.Place.At("ReductionPattern", i));
        }

        return entries.ToEquatableArray();
    }

    private static void Check(BottleneckSpec spec, AttributeReader attribute, ParseContext context)
    {
        string model = context.Model;
        new NumberChecks(spec, context).Require(
            BottleneckFacts.Method with { Name = spec.Method },
            ("reduction", spec.Reduction),
            ("InvertibleReduction", spec.InvertibleReduction),
            ("Dropout", attribute.Value<double>("Dropout")),
            ("StochasticDepth", attribute.Value<double>("StochasticDepth")));
        if (spec.Invertible && !context.IsPretrained)
        {
            string text = RuleTexts.NeedsCausalModel(spec.Method, "trains an invertible network on the embeddings", model);
            context.Report(RuleIds.NeedsCausalModel, text, spec.Place.At("Invertible"));
        }
    }
}
