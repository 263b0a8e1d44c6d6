using Peft.Declarative.Native;
using TorchSharp;

namespace Peft.Declarative.Tests.Native;

public sealed class NativeStartupTests
{
    [Fact]
    public void EnsureLoaded_OnThisMachine_GivesWorkingTensors()
    {
        NativeStartup.EnsureLoaded();

        using torch.Tensor sum = torch.ones(3).sum();

        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public void EnsureLoaded_Always_LetsIdleOpenMpThreadsSleepAfterAWhile()
    {
        if (!OperatingSystem.IsLinux() || OpenMpWaiting.Description.Contains('='))
        {
            return;   // another runtime, or the user's own setting
        }

        Assert.InRange(int.Parse(NativeValue("GOMP_SPINCOUNT"), System.Globalization.CultureInfo.InvariantCulture), 500, 100_000);
        Assert.Equal("1", NativeValue("KMP_BLOCKTIME"));
    }

    private static string NativeValue(string name) => System.Runtime.InteropServices.Marshal.PtrToStringUTF8(GetEnv(name)) ?? "";

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "getenv")]
    private static extern IntPtr GetEnv(string name);
}
