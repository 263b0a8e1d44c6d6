using System.Runtime.InteropServices;

namespace Peft.Declarative.Native;

internal static partial class NativeEnvironment
{
    /// <summary>
    /// Lets idle OpenMP threads sleep. libgomp's default spins: with one busy neighbour on two cores a step took ten times as long.
    /// </summary>
    /// <remarks>Environment.SetEnvironmentVariable is invisible to native code on Unix, hence libc. A user's own setting wins.</remarks>
    internal static void SetPassiveOpenMpWaiting()
    {
        const string Variable = "OMP_WAIT_POLICY";
        if (OperatingSystem.IsWindows())
        {
            if (Environment.GetEnvironmentVariable(Variable) is null)
            {
                Environment.SetEnvironmentVariable(Variable, "passive");
            }

            return;
        }

        _ = SetEnv(Variable, "passive", 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
