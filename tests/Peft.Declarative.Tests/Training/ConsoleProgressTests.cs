using Peft.Declarative.Training;

namespace Peft.Declarative.Tests.Training;

public sealed class ConsoleProgressTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(200)]
    public void Report_OfSteps_StaysOnOneLine(int width)
    {
        var output = new StringWriter();
        using (var progress = new ConsoleProgress(output, () => width))
        {
            progress.Report(Progress(1));
            progress.Report(Progress(2));
            progress.Report(Progress(4));
        }

        string[] lines = output.ToString().TrimEnd('\n').Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);   // the first and the last; one that follows within half a second is not shown
        Assert.All(lines, line => Assert.True(line.Length < width, line));
        Assert.StartsWith("step 4/4", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WhoseOutputIsRedirected_ShowsNothing() => Assert.Null(ConsoleProgress.IfSeen(() => "CPU"));

    private static TrainingProgress Progress(long step) => new(step, 4, 1, 1.25, 0.001, 100, TimeSpan.FromSeconds(4 - step), 1);
}
