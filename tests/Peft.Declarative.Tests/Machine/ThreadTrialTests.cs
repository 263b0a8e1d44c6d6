using Peft.Declarative.Machine;

namespace Peft.Declarative.Tests.Machine;

public sealed class ThreadTrialTests
{
    private static readonly int[] Counts = [1, 2, 4, 8];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Add_OfManySamples_FindsTheFastestFromAnyStart(int fastest)
    {
        foreach (int start in Enumerable.Range(0, Counts.Length))
        {
            var trial = new ThreadTrial(Counts, start, rest: 1);

            Run(trial, samples: 200, count => 1 + Math.Abs(Math.Log2(count) - Math.Log2(fastest)));

            Assert.Equal(fastest, trial.Best);
        }
    }

    [Fact]
    public void Add_WhenTheLoadChanges_ComparesAgainAndFollows()
    {
        var trial = new ThreadTrial([1, 2], first: 1, rest: 1);
        Run(trial, samples: 2_000, count => count == 2 ? 1 : 1.6);

        Run(trial, samples: ThreadTrial.LeastRest + 10, count => count == 2 ? 4 : 2);   // a busy machine
        Assert.Equal(1, trial.Best);
        Run(trial, samples: (2 * ThreadTrial.LeastRest) + 10, count => count == 2 ? 1 : 1.6);

        Assert.Equal(2, trial.Best);
    }

    [Fact]
    public void Add_WhileNothingChanges_SpendsFewSamplesOnOtherNumbers()
    {
        var trial = new ThreadTrial([1, 2], first: 1, rest: 1);

        int[] used = Run(trial, samples: 3_000, count => count == 2 ? 1 : 1.9);

        Assert.InRange(used.Count(count => count == 1), 1, 30);
    }

    [Fact]
    public void Add_OfAlmostEqualTimes_KeepsWhatThereIs()
    {
        var trial = new ThreadTrial([1, 2], first: 1, rest: 1);

        Run(trial, samples: 100, count => count == 2 ? 1 : 0.98);

        Assert.Equal(2, trial.Best);
    }

    private static int[] Run(ThreadTrial trial, int samples, Func<int, double> seconds) => [.. Enumerable.Range(0, samples).Select(_ =>
    {
        int count = trial.Count;
        trial.Add(seconds(count));
        return count;
    })];
}
