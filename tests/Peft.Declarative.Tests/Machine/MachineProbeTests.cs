using Peft.Declarative.Machine;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Machine;

public sealed class MachineProbeTests
{
    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(2, new[] { 1, 2 })]
    [InlineData(6, new[] { 1, 2, 4, 6 })]
    [InlineData(16, new[] { 1, 2, 4, 8, 16 })]
    public void Counts_UpToTheMost_Double(int most, int[] expected) => Assert.Equal(expected, MachineProbe.Counts(most));

    [Fact]
    public void Of_SizesOfOneClass_MeasuresOnceAndLeavesThreadsAndRandomNumbersAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        int threads = get_num_threads();
        random.manual_seed(4);
        Tensor expected = rand(3);
        random.manual_seed(4);

        MachineSpeed speed = MachineProbe.Of(40, 70);

        Close.Bits(expected, rand(3), "random numbers");
        Assert.Equal(threads, get_num_threads());
        Assert.Same(speed, MachineProbe.Of(63, 127));
        Assert.Equal((32, 64), (speed.Rows, speed.Width));
        Assert.All(speed.Float32, value => Assert.True(value > 0));
    }

    [Theory]
    [InlineData(new[] { 10.0, 19, 36 }, 2, true)]
    [InlineData(new[] { 10.0, 19, 21 }, 2, false)]
    [InlineData(new[] { 10.0, 4, 3 }, 0, true)]
    public void IsClear_ByTheNeighbours_SaysWhetherTheLoadCanHaveDecided(double[] speeds, int fastest, bool clear)
    {
        var speed = new MachineSpeed(1, 1, [1, 2, 4], speeds, BFloat16: null);

        Assert.Equal((fastest, clear), (speed.Fastest, speed.IsClear));
    }
}
