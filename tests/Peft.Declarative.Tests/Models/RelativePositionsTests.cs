using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Models;

public sealed class RelativePositionsTests
{
    [Theory]
    [InlineData(-8, 8)]
    [InlineData(-20, 10)]
    [InlineData(-64, 14)]
    [InlineData(-128, 15)]
    [InlineData(0, 0)]
    [InlineData(1, 17)]
    [InlineData(8, 24)]
    [InlineData(20, 26)]
    [InlineData(64, 30)]
    public void Buckets_BothWays_AreTheReferences(int distance, int bucket) => Assert.Equal(bucket, At(distance, bothWays: true));

    [Theory]
    [InlineData(5, 0)]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(-16, 16)]
    [InlineData(-17, 16)]
    [InlineData(-32, 21)]
    [InlineData(-64, 26)]
    [InlineData(-113, 31)]
    [InlineData(-190, 31)]
    public void Buckets_BackwardsOnly_AreTheReferences(int distance, int bucket) => Assert.Equal(bucket, At(distance, bothWays: false));

    // Distances are those from a query in the middle of 400 places.
    private static long At(int distance, bool bothWays)
    {
        using DisposeScope scope = NewDisposeScope();
        return RelativePositions.Buckets(0, 400, 400, bothWays, buckets: 32, maxDistance: 128, CPU)[200, 200 + distance].item<long>();
    }
}
