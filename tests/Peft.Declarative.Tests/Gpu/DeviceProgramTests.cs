using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>The program for a GPU must work on the day when one is at hand.</summary>
public sealed class DeviceProgramTests
{
    [Fact]
    public void Run_OnTheCpu_PassesEveryCheck()
    {
        using var output = new StringWriter();
        string[] names = [.. DeviceCheck.All.Select(check => check.Name).Where(name => name != "parity" || Fixtures.FixtureCase.Root is not null)];

        int code = DeviceProgram.Run(new DeviceCheckOptions(CPU, IsRehearsal: true), names, output);

        Assert.True(code == 0, output.ToString());
        Assert.Equal(names.Length, output.ToString().Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void Run_WhereACheckFails_SaysWhichAndGoesOn()
    {
        Skip.If(cuda.is_available(), "There is a GPU.");
        using var output = new StringWriter();
        var options = new DeviceCheckOptions(new Device(DeviceType.CUDA), IsRehearsal: true);

        int code = DeviceProgram.Run(options, ["training", "generation"], output);

        Assert.Equal(1, code);
        Assert.Contains("FAIL  training", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("FAIL  generation", output.ToString(), StringComparison.Ordinal);
    }
}
