using System.Runtime.Intrinsics;
using Peft.Declarative.Layers;

namespace Peft.Declarative.Tests.Layers;

public sealed class VectorExpTests
{
    [Fact]
    public void Of_TheWholeRange_IsWithinTwoUnitsOfTheLastPlace()
    {
        for (float x = -87; x <= 88; x += 0.0173f)
        {
            AssertClose(Math.Exp(x), VectorExp<Lanes8, Vector256<float>>.Of(Vector256.Create(x))[3], x);
            AssertClose(Math.Exp(x), VectorExp<Lanes16, Vector512<float>>.Of(Vector512.Create(x))[13], x);
        }
    }

    [Fact]
    public void OfTwo_TheWholeRange_IsWithinTwoUnitsOfTheLastPlace()
    {
        for (float x = -125; x <= 126; x += 0.0173f)
        {
            AssertClose(Math.Pow(2, x), VectorExp<Lanes8, Vector256<float>>.OfTwo(Vector256.Create(x))[3], x);
            AssertClose(Math.Pow(2, x), VectorExp<Lanes16, Vector512<float>>.OfTwo(Vector512.Create(x))[13], x);
        }
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 1e-37f)]
    [InlineData(-1e30f, 1e-37f)]
    [InlineData(float.PositiveInfinity, float.MaxValue)]
    public void Of_BeyondTheRange_IsThatOfTheLimit(float x, float greatest)
    {
        Assert.InRange(VectorExp<Lanes8, Vector256<float>>.Of(Vector256.Create(x))[0], 0, greatest);
        Assert.InRange(VectorExp<Lanes16, Vector512<float>>.Of(Vector512.Create(x))[0], 0, greatest);
    }

    [Theory]
    [InlineData(0x7FC0_0000u)]
    [InlineData(0xFFD5_5555u)]
    public void Of_NaN_IsNaN(uint bits)
    {
        float x = BitConverter.UInt32BitsToSingle(bits);

        Assert.True(float.IsNaN(VectorExp<Lanes8, Vector256<float>>.Of(Vector256.Create(x))[0]));
        Assert.True(float.IsNaN(VectorExp<Lanes8, Vector256<float>>.OfTwo(Vector256.Create(x))[0]));
        Assert.True(float.IsNaN(VectorExp<Lanes16, Vector512<float>>.Of(Vector512.Create(x))[0]));
        Assert.True(float.IsNaN(VectorExp<Lanes16, Vector512<float>>.OfTwo(Vector512.Create(x))[0]));
    }

    private static void AssertClose(double expected, float actual, float x)
    {
        double unit = MathF.BitIncrement((float)expected) - (float)expected;
        Assert.True(Math.Abs(actual - expected) <= 2 * unit, $"of {x}: {actual:g9} for {expected:g9}");
    }
}
