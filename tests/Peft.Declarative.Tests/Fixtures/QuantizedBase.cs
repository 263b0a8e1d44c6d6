using System.Text.Json.Nodes;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Cases whose base the reference had in 4 bits.</summary>
internal static class QuantizedBase
{
    /// <summary>How the base of a case is stored; null for dense ones.</summary>
    internal static QuantizationSettings? Settings(FixtureCase fixture) => fixture.Json["quantised"] is not JsonObject ? null : new QuantizationSettings(
        fixture.Json["method"]!.GetValue<string>().Contains("NF4", StringComparison.OrdinalIgnoreCase) ? QuantizationType.Nf4 : QuantizationType.Fp4)
    {
        BlockSize = BlockSize(fixture),
        DoubleQuantization = fixture.Below("nested_absmax.").Any(),
    };

    // Not recorded, but the number of scales tells it.
    private static int BlockSize(FixtureCase fixture) => QuantizedSize.BlockSizes.First(size => fixture.Below("absmax.").All(scales =>
        scales.Value.numel() == (fixture[$"dequant.{scales.Name}"].numel() + size - 1) / size));

    /// <summary>Compares which layers are in 4 bits, their codes and scales, and what they stand for, bit for bit.</summary>
    internal static void Check(FixtureCase fixture, PretrainedModel model)
    {
        Dictionary<string, QuantizedTensor> stored = SlotTree.Layers(model)
            .Where(place => place.Base?.Quantized is not null)
            .ToDictionary(place => place.Path, place => place.Base!.Quantized!.Weight);
        IEnumerable<string> expected = fixture.Json["quantised"]?.AsObject().Select(entry => entry.Key) ?? [];
        Assert.Equal(expected.Order(StringComparer.Ordinal), stored.Keys.Order(StringComparer.Ordinal));
        foreach ((string path, QuantizedTensor weight) in stored)
        {
            Close.Bits(fixture[$"packed.{path}"], weight.Packed, $"codes of {path}");
            Close.Bits(fixture[$"absmax.{path}"], weight.Scales.Values, $"scales of {path}");
            Close.Bits(fixture[$"dequant.{path}"], weight.Dequantize(ScalarType.Float32), $"values of {path}");
            if (weight.Scales.Nested is { } nested)
            {
                Close.Bits(fixture[$"nested_absmax.{path}"], nested, $"scales of scales of {path}");
                Assert.Equal(fixture[$"nested_offset.{path}"].item<float>(), weight.Scales.Offset);
            }
        }
    }
}
