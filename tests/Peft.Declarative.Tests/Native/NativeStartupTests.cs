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
    public void EnsureLoaded_Always_LetsIdleOpenMpThreadsSleep() =>
        Assert.Contains(Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") ?? NativePolicy(), new[] { "passive", "PASSIVE", "active", "ACTIVE" });

    private static string NativePolicy() =>
        System.Runtime.InteropServices.Marshal.PtrToStringUTF8(GetEnv("OMP_WAIT_POLICY")) ?? "";

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "getenv")]
    private static extern IntPtr GetEnv(string name);
}
