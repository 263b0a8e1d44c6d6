using Peft.Declarative.Quantization;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Quantization;

/// <summary>Sizes and values that the reference data does not have, against the definition.</summary>
public sealed class QuantizedTensorTests
{
    [Theory]
    [InlineData(QuantizationType.Nf4, 64, 1)]
    [InlineData(QuantizationType.Nf4, 64, 130)]
    [InlineData(QuantizationType.Fp4, 32, 77)]
    [InlineData(QuantizationType.Nf4, 128, 300_001)]   // several threads, an odd end
    [InlineData(QuantizationType.Fp4, 4096, 70_000)]
    public void Quantize_OfAnySize_TakesTheNearestOfTheSixteenValues(QuantizationType type, int blockSize, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(count);
        Tensor source = randn(count);
        var settings = new QuantizationSettings(type) { BlockSize = blockSize, DoubleQuantization = false };
        using QuantizedTensor stored = QuantizedTensor.Quantize(source, settings);

        float[] values = [.. source.data<float>()];
        float[] table = CodeTable.Of(type).Values;
        float[] expected = [.. values.Chunk(blockSize).SelectMany(block => Nearest(block, table))];
        Assert.Equal(expected, stored.Dequantize().data<float>());
        Assert.Equal(settings.Bytes([count]), stored.Packed.numel() + stored.Scales.Values.numel() * sizeof(float));
    }

    [Fact]
    public void Quantize_OfZeros_GivesZerosBack()
    {
        using DisposeScope scope = NewDisposeScope();
        using QuantizedTensor stored = QuantizedTensor.Quantize(zeros(100), new QuantizationSettings());

        Assert.All(stored.Dequantize().data<float>(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(QuantizationType.Nf4, true, 300)]
    [InlineData(QuantizationType.Nf4, true, 64 * 1000)]
    [InlineData(QuantizationType.Fp4, false, 64)]
    [InlineData(QuantizationType.Fp4, true, 33)]
    [InlineData(QuantizationType.Dynamic8, true, 300)]
    [InlineData(QuantizationType.Dynamic8, false, 64 * 1000)]
    [InlineData(QuantizationType.Int8, false, 1001)]
    public void Dequantize_ByTensorOperations_EqualsTheKernel(QuantizationType type, bool nested, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        using QuantizedTensor stored = QuantizedTensor.Quantize(randn(count), new QuantizationSettings(type) { DoubleQuantization = nested });
        using var tables = new DeviceTables(CPU);

        foreach (ScalarType result in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            using Tensor byOperations = tables.Dequantize(stored, result);
            Close.Bits(stored.Dequantize(result), byOperations, $"{result}");
        }
    }

    [Fact]
    public void Rent_OfOneTensorAfterTheOther_ReusesTheMemory()
    {
        using DisposeScope scope = NewDisposeScope();
        using QuantizedTensor large = QuantizedTensor.Quantize(ones(8, 64), new QuantizationSettings());
        using QuantizedTensor small = QuantizedTensor.Quantize(full([2, 64], 2), new QuantizationSettings());
        using var dequantizer = new Dequantizer();

        nint first = Address(dequantizer, large);
        nint second = Address(dequantizer, small);
        using DenseLease held = dequantizer.Rent(large, ScalarType.Float32);
        using DenseLease beside = dequantizer.Rent(small, ScalarType.Float32);

        Assert.Equal(first, second);
        Assert.Equal(1, held.Value.mean().item<float>(), 1e-3f);
        Assert.Equal(2, beside.Value.mean().item<float>(), 1e-3f);
    }

    [Theory]
    [InlineData("", "is not the JSON object")]
    [InlineData("[1]", "is not the JSON object")]
    [InlineData("{\"quant_type\": \"int3\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [2]}", "has the type 'int3'")]
    [InlineData("{\"quant_type\": \"nf4\", \"blocksize\": 63, \"dtype\": \"float32\", \"shape\": [2]}", "has blocks of 63")]
    [InlineData("{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"int8\", \"shape\": [2]}", "of a weight of type 'int8'")]
    [InlineData("{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\"}", "is not the JSON object")]
    [InlineData("{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [\"two\"]}", "is not the JSON object")]
    [InlineData("{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [2], \"nested_blocksize\": 7}", "not of 256")]
    public void State_ThatCannotBeMeant_SaysWhy(string text, string expected)
    {
        Assert.Null(QuantizedState.Parse(System.Text.Encoding.UTF8.GetBytes(text), out string? problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    private static unsafe nint Address(Dequantizer dequantizer, QuantizedTensor stored)
    {
        using DenseLease dense = dequantizer.Rent(stored, ScalarType.Float32);
        return (nint)Peft.Declarative.Native.RawTensor.Address(dense.Value);
    }

    private static IEnumerable<float> Nearest(float[] block, float[] table)
    {
        float scale = block.Max(MathF.Abs);
        return block.Select(value => table.MinBy(candidate => MathF.Abs((value * (1 / scale)) - candidate)) * scale);
    }
}
