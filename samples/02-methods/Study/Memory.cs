using System.Diagnostics;

namespace MethodStudy.Study;

/// <summary>Memory of this process, the native libraries' included.</summary>
internal static class Memory
{
    /// <summary>Most bytes that were resident at once so far.</summary>
    internal static long Peak
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }
}
