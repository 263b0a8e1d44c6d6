using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Native;

/// <summary>Conversions are those of libtorch to the bit.</summary>
public sealed class BFloat16ElementsTests
{
    [Theory]
    [InlineData(4096)]
    [InlineData(37)]   // no multiple of a vector
    [InlineData(5)]
    public unsafe void NarrowAndWiden_OfNumbers_EqualLibtorch(int count)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(count).Dispose();
        Tensor numbers = randn(count).mul_(randn(count).mul_(20).exp_());
        Tensor ties = tensor(Array.ConvertAll(numbers.data<float>().ToArray(), Tie));
        foreach (Tensor x in new[] { numbers, ties })
        {
            Tensor expected = x.to(ScalarType.BFloat16);
            Tensor narrow = empty_like(expected);
            Tensor wide = empty_like(x);

            BFloat16Elements.Narrow((float*)RawTensor.Address(x), (ushort*)RawTensor.Address(narrow), count);
            BFloat16Elements.Widen((ushort*)RawTensor.Address(narrow), (float*)RawTensor.Address(wide), count);

            Close.Bits(expected.to(ScalarType.Float32), narrow.to(ScalarType.Float32), "narrow");
            Close.Bits(expected.to(ScalarType.Float32), wide, "wide");
        }
    }

    // In the middle between two neighbours.
    private static float Tie(float number) => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(number) & 0xFFFF0000) | 0x8000);

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public unsafe void NarrowAndWiden_OfExtremes_KeepsThem(int copies)
    {
        float mostBits = BitConverter.UInt32BitsToSingle(0x7FFFFFFF);   // a NaN that would be rounded to another sign
        foreach (float extreme in new[] { float.NaN, mostBits, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -0.0f, float.Epsilon })
        {
            float[] numbers = [.. Enumerable.Repeat(extreme, copies)];
            var narrow = new ushort[copies];
            var wide = new float[copies];
            fixed (float* from = numbers, to = wide)
            fixed (ushort* between = narrow)
            {
                BFloat16Elements.Narrow(from, between, copies);
                BFloat16Elements.Widen(between, to, copies);
            }

            float expected = extreme == float.MaxValue ? float.PositiveInfinity : extreme == float.Epsilon ? 0 : extreme;
            Assert.All(wide, number => Assert.Equal(expected, number));
        }
    }
}
