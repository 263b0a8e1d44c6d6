using Peft.Declarative.App.Output;

namespace Peft.Declarative.Tests.App;

public sealed class LossPlotTests
{
    [Fact]
    public void MovingAverage_OfAStraightLine_DoesNotLag()
    {
        double[] line = [.. Enumerable.Range(0, 200).Select(step => 5.0 - (0.01 * step))];

        Assert.All(LossPlot.MovingAverage(line).Zip(line), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
    }

    [Fact]
    public void Axis_OfALossThatFallsEarly_IsLogarithmic()
    {
        double[] early = [.. Enumerable.Range(0, 100).Select(step => 4.0 * Math.Exp(-0.2 * step))];
        double[] slowly = [.. Enumerable.Range(0, 100).Select(step => 4.0 - (0.02 * step))];

        Assert.True(LossPlot.IsLogarithmic(early));
        Assert.False(LossPlot.IsLogarithmic(slowly));
        Assert.False(LossPlot.IsLogarithmic([1.0]));
    }
}
