using Peft.Declarative.Methods.LoKr;

namespace Peft.Declarative.Tests.Methods.LoKr;

/// <summary>How weights are split. The expected sizes are those of the reference library.</summary>
public sealed class KroneckerShapeTests
{
    [Theory]
    [InlineData(768, -1, 24, 32)]
    [InlineData(3072, -1, 48, 64)]
    [InlineData(4096, -1, 64, 64)]
    [InlineData(11008, -1, 86, 128)]
    [InlineData(14336, -1, 112, 128)]
    [InlineData(151936, -1, 128, 1187)]
    [InlineData(127, -1, 1, 127)]
    [InlineData(1, -1, 1, 1)]
    [InlineData(768, 16, 16, 48)]
    [InlineData(768, 48, 48, 16)]      // a divisor is taken as it is
    [InlineData(768, 20, 16, 48)]      // another number is a limit
    [InlineData(127, 8, 1, 127)]
    [InlineData(12, 5, 3, 4)]
    public void Split_OfASize_IsThatOfTheReference(long size, int factor, long first, long second) =>
        Assert.Equal((first, second), KroneckerShape.Split(size, factor));

    // A factor is a product of the rank if twice the rank is below its longer side.
    [Theory]
    [InlineData(64, 64, 2, false, null, 2)]
    [InlineData(64, 64, 2, true, 2, 2)]
    [InlineData(64, 64, 3, true, 3, 3)]
    [InlineData(64, 64, 4, true, null, null)]
    [InlineData(32, 64, 3, false, null, 3)]
    [InlineData(128, 32, 7, true, null, 7)]
    [InlineData(128, 32, 8, true, null, null)]
    public void Of_AWeight_MakesProductsWhereTheyAreSmaller(long output, long input, int rank, bool both, int? first, int? second)
    {
        var shape = KroneckerShape.Of(output, input, rank, factor: -1, both);

        Assert.Equal((first, second), (shape.FirstRank, shape.SecondRank));
        Assert.Equal((output, input), (shape.First.Rows * shape.Second.Rows, shape.First.Columns * shape.Second.Columns));
    }
}
