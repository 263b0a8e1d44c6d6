namespace Peft.Declarative.Tests.Hardening.Crashes;

/// <summary>The fast lane. The slow one is <c>dotnet run -c Release --project tests/Peft.Declarative.Tests -- crash</c>.</summary>
public sealed class CrashTests
{
    [Fact]
    public void Save_KilledAtAnyInstant_LeavesTheOldOrTheNewFilesWhole() => Assert.InRange(CrashRun.KillWhileSaving(kills: 3, seed: 1), 0, 3);

    [Fact]
    public void Train_KilledAtAnyInstant_ResumesToTheLossesOfAnUndisturbedRun() => Assert.InRange(CrashRun.KillWhileTraining(kills: 2, seed: 2), 1, 2);
}
