using System.Runtime.InteropServices;

namespace Peft.Declarative.Native;

/// <summary>Environment variables that libtorch's dependencies read when they are loaded.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>
    /// Makes idle OpenMP threads sleep. By default libgomp spins; with one other busy process on two cores a training step took ten times as long.
    /// </summary>
    /// <remarks>
    /// On Unix, native code does not see variables that <see cref="Environment.SetEnvironmentVariable(string, string)"/> sets, so this method calls
    /// libc. It does not overwrite a value that the user has set.
    /// </remarks>
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
