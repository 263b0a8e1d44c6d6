using Peft.Declarative.Methods.AdaLora;

namespace Peft.Declarative.Tests.Methods.AdaLora;

public sealed class AdaLoraScheduleTests
{
    [Fact]
    public void Budget_FallsWithTheThirdPower_FromInitialToTarget()
    {
        var schedule = new AdaLoraSchedule(Initial: 24, Target: 8, Warmup: 2, Final: 3, Every: 2, Total: 12);

        Assert.Equal([24, 24, 24, 18, 13, 10, 9, 8, 8, 8, 8, 8], Enumerable.Range(0, 12).Select(step => schedule.Budget(step)));
        Assert.Equal([4, 6, 8, 9], Enumerable.Range(0, 12).Where(step => schedule.PrunesAfter(step)));
    }

    [Fact]
    public void Budget_WithoutFinalSteps_IsKeptAtTheLastStep()
    {
        var schedule = new AdaLoraSchedule(Initial: 12, Target: 4, Warmup: 0, Final: 0, Every: 7, Total: 10);

        Assert.Equal(4, schedule.Budget(9));
        Assert.Equal([7, 9], Enumerable.Range(0, 10).Where(step => schedule.PrunesAfter(step)));
    }
}
