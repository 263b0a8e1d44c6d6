using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads [Quantize].</summary>
internal static class QuantizeReader
{
    // In the order of QuantizationType.
    private static readonly string[] Types = ["Nf4", "Fp4"];

    internal static QuantizeSpec? Read(AttributeReader? attribute, ParseContext context)
    {
        if (attribute is null) return null;

        if (!context.IsPretrained)
        {
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.QuantizeNeedsFamily(context.Model), attribute.Place);
            return null;
        }

        var spec = new QuantizeSpec(
            attribute.Written,
            Types.ElementAtOrDefault(attribute.FirstInt()) ?? Types[0],
            attribute.Value<int>("BlockSize") ?? 64,
            attribute.Value<bool>("DoubleQuantization") ?? true,
            attribute.Texts("Exclude") ?? default,
            attribute.Place);
        if (!QuantizedSize.BlockSizes.Contains(spec.BlockSize))
            context.Report(RuleIds.OutOfRange, RuleTexts.BlockSizeUnknown(context.Model, spec.BlockSize, QuantizedSize.BlockSizes), attribute.Place.At("BlockSize"));

        return spec;
    }
}
