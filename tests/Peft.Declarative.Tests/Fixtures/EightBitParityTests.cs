using System.Globalization;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>What the reference quantised to 8 bits: in blocks, bit for bit, and in rows with the products of LLM.int8().</summary>
public sealed class EightBitParityTests
{
    internal const string CaseName = "quant__8bit";

    public static TheoryData<string> Blocks { get; } = Names("q.");

    public static TheoryData<string> Thresholds { get; } = Names("int8.out.");

    [SkippableTheory]
    [MemberData(nameof(Blocks))]
    public void Quantize_InBlocks_GivesTheReferencesBits(string name)
    {
        using FixtureCase fixture = Open(name);
        using DisposeScope scope = NewDisposeScope();
        string[] parts = name.Split('.');   // such as 'a.64.nested'
        var settings = new QuantizationSettings(QuantizationType.Dynamic8)
        {
            BlockSize = int.Parse(parts[1], CultureInfo.InvariantCulture),
            DoubleQuantization = parts[2] == "nested",
        };
        using QuantizedTensor stored = QuantizedTensor.Quantize(fixture[$"input.{parts[0]}"], settings);

        Assert.Equal(fixture["dynamic_map.signed"].data<float>(), CodeTable.SignedDynamic.Values);
        Close.Bits(fixture[$"q.{name}"], stored.Packed, "codes");
        Close.Bits(fixture[$"absmax.{name}"], stored.Scales.Values, "scales");
        Close.Bits(fixture[$"dequant.{name}"], stored.Dequantize(), "dequantised");
        if (stored.Scales.Nested is { } nested)
        {
            Close.Bits(fixture[$"nested_absmax.{name}"], nested, "scales of scales");
            Assert.Equal(fixture[$"nested_offset.{name}"].item<float>(), stored.Scales.Offset);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Thresholds))]
    public void Product_InRows_IsThatOfTheReferencesIntegers(string name)
    {
        using FixtureCase fixture = Open(name);
        using DisposeScope scope = NewDisposeScope();
        double threshold = double.Parse(name, CultureInfo.InvariantCulture);
        Tensor x = fixture["int8.X"];
        using QuantizedTensor stored = QuantizedTensor.Quantize(
            fixture["int8.W"], new QuantizationSettings(QuantizationType.Int8) { OutlierThreshold = threshold });
        using var dequantizer = new Dequantizer();
        var store = new QuantizedStore(stored, dequantizer, LayerIsTransposed: false);

        Close.Bits(fixture["int8.qW"], stored.Packed, "integers");
        Close.Bits(fixture["int8.scb"], stored.Scales.Values, "scales");
        Tensor rounded = RowInt8Input.Round(x, threshold);
        Tensor integers = fixture[$"int8.qX.{name}"].to(ScalarType.Float32) * fixture[$"int8.sx.{name}"].unsqueeze(1) / 127;
        Tensor outliers = threshold > 0 ? x.abs().amax([0]).ge(threshold) : zeros(x.size(1), dtype: ScalarType.Bool);
        Close.To(where(outliers, x, integers), rounded, 1e-6 * x.abs().max().item<float>(), "rounded input");
        Tensor expected = fixture[$"int8.out.{name}"];
        Close.To(expected, QuantizedProduct.Linear(x, store, bias: null), 1e-5 * expected.abs().max().item<float>(), "product");
    }

    [SkippableTheory]
    [MemberData(nameof(Thresholds))]
    public void Gradient_InRows_IsThatOfTheDequantisedWeight(string name)
    {
        using FixtureCase fixture = Open(name);
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = fixture["int8.W"];
        using var layer = new Peft.Declarative.Layers.Linear(weight.size(1), weight.size(0), hasBias: false);
        using var dequantizer = new Dequantizer();
        layer.StoreQuantized(QuantizedTensor.Quantize(weight, new QuantizationSettings(QuantizationType.Int8)), dequantizer);
        Tensor x = fixture["int8.X"].clone().requires_grad_(true);

        Tensor y = layer.call(x);
        y.square().sum().backward();

        Tensor expected = (2 * y.detach()).mm(layer.DenseWeight());
        Close.To(expected, x.grad!, 1e-6 * expected.abs().max().item<float>(), "gradient");
    }

    private static FixtureCase Open(string name)
    {
        Skip.If(name.Length == 0, $"This set of fixtures has no case '{CaseName}'.");
        return FixtureCase.Open(CaseName);
    }

    private static TheoryData<string> Names(string prefix)
    {
        if (FixtureCase.Root is not { } root || !Directory.Exists(Path.Combine(root, "cases", CaseName)))
        {
            return [""];
        }

        using FixtureCase fixture = FixtureCase.Open(CaseName);
        return [.. fixture.Below(prefix).Select(entry => entry.Name)];
    }
}
