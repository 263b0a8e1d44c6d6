using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.Tests.Hardening.Crashes;

/// <summary>Kills processes at random instants and looks at what they leave behind.</summary>
internal static class CrashRun
{
    private const int LongestSaving = 60;
    private const int LongestTraining = 300;
    private const int MostKillsOfARun = 8;

    /// <summary>Kills a process that saves adapters; after each kill both files are whole, and none is older than before.</summary>
    /// <returns>How often the kill left a new tensor file beside an old configuration: between the two renames.</returns>
    internal static int KillWhileSaving(int kills, int seed)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        (int Weights, int Config) before = (0, 0);
        int between = 0;
        for (int i = 0; i < kills; i++)
        {
            using (var victim = new ChildProcess("victim", "save", folder.Path))
            {
                victim.Require(SavingVictim.Ready);
                Thread.Sleep(random.Next(LongestSaving));
                victim.Kill();
            }

            if (!File.Exists(Path.Combine(folder.Path, AdapterDirectory.ConfigName)))
            {
                Assert.Equal((0, 0), before);   // killed before the first adapter was whole
                continue;
            }

            (int Weights, int Config) now = SavingVictim.Saved(folder.Path);
            Assert.True(now.Weights >= before.Weights && now.Config >= before.Config, $"{now} after {before}");
            Assert.InRange(now.Weights - now.Config, 0, 1);   // the tensors are renamed first
            between += now.Weights - now.Config;
            before = now;
        }

        return between;
    }

    /// <summary>Kills training runs until they have been killed so often; each, once finished, has the losses of an undisturbed run.</summary>
    /// <returns>Number of finished runs.</returns>
    internal static int KillWhileTraining(int kills, int seed)
    {
        using var undisturbed = new TemporaryFolder();
        string expected = Finish(undisturbed.Path);
        var random = new Random(seed);
        int runs = 0;
        while (kills > 0)
        {
            using var folder = new TemporaryFolder();
            for (int i = 0; i < MostKillsOfARun && kills > 0 && KilledInTraining(folder.Path, random); i++)
            {
                kills--;
            }

            Assert.Equal(expected, Finish(folder.Path));
            runs++;
        }

        return runs;
    }

    private static bool KilledInTraining(string folder, Random random)
    {
        using var victim = new ChildProcess("victim", "train", folder);
        if (victim.WaitFor(TrainingVictim.Ready) is null)
        {
            return false;   // the run had been finished before
        }

        Thread.Sleep(random.Next(LongestTraining));
        victim.Kill();
        return true;
    }

    private static string Finish(string folder)
    {
        using var victim = new ChildProcess("victim", "train", folder);
        return victim.Require(TrainingVictim.Done);
    }
}
