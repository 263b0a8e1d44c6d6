using System.Diagnostics;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>The memory of a GPU that is in use. libtorch keeps what it has once taken, so this is its peak.</summary>
internal static class DeviceMemory
{
    internal static string Used(DeviceCheckOptions options)
    {
        if (options.Device.type != DeviceType.CUDA)
        {
            return "memory not measured on a CPU";
        }

        try
        {
            var start = new ProcessStartInfo("nvidia-smi", ["--query-gpu=memory.used", "--format=csv,noheader"]) { RedirectStandardOutput = true };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return $"{output.Trim()} in use on the GPU";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "memory unknown, as there is no nvidia-smi";
        }
    }
}
