using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads [Quantize].</summary>
internal static class QuantizeReader
{
    internal static QuantizeSpec? Read(AttributeReader? attribute, ParseContext context)
    {
        if (attribute is null) return null;

        if (!context.IsPretrained)
        {
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.QuantizeNeedsFamily(context.Model), attribute.Place);
            return null;
        }

        var quantize = attribute.Value<QuantizeAttribute>();
        if (!QuantizedSize.BlockSizes.Contains(quantize.BlockSize))
        {
            string text = RuleTexts.BlockSizeUnknown(context.Model, quantize.BlockSize, QuantizedSize.BlockSizes);
            context.Report(RuleIds.OutOfRange, text, attribute.Place.At(nameof(quantize.BlockSize)));
        }

        if (!(quantize.OutlierThreshold >= 0))
        {
            context.Report(RuleIds.OutOfRange, RuleTexts.OutlierThresholdNegative(context.Model, quantize.OutlierThreshold), attribute.Place.At(nameof(quantize.OutlierThreshold)));
        }

        return new QuantizeSpec(
            attribute.Written,
            quantize.Type,
            quantize.BlockSize,
            quantize.DoubleQuantization,
            (quantize.Exclude ?? []).ToEquatableArray(),
            attribute.Place)
        {
            OutlierThreshold = quantize.OutlierThreshold,
        };
    }
}
