using System.Runtime.InteropServices;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Native;

/// <summary>
/// How many files the system allows this process to have open. .NET keeps some for every assembly that it loads, so where there are none left, a
/// program fails in places that have nothing to do with files, and in other words each time. It is asked before the first.
/// </summary>
internal static partial class OpenFiles
{
    /// <summary>What libtorch, the assemblies that load later, a model in a few files and what is saved need at the same time: 73 were counted.</summary>
    private const int Needed = 96;

    /// <summary>The error of a process that can open too few.</summary>
    internal static PeftException? Check()
    {
        if (Allowed() is not { } allowed || allowed >= int.MaxValue)
        {
            return null;
        }

        int open = Open((int)allowed);
        return (int)allowed - open >= Needed ? null : new PeftException(RuleIds.TooFewOpenFiles, FormattableString.Invariant(
            $"The system allows this program {allowed} open files, {open} of them are open before it begins, and it needs {Needed} more. ")
            + "Raise the limit, for example with 'ulimit -n 1024', and run the program again.");
    }

    private static ulong? Allowed()
    {
        const int OfLinux = 7;
        const int OfMacOS = 8;
        try
        {
            return Limits(OperatingSystem.IsMacOS() ? OfMacOS : OfLinux, out Limit limit) == 0 ? limit.Now : null;
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    // To list the folder opens one more.
    private static int Open(int allowed)
    {
        try
        {
            return Directory.GetFileSystemEntries("/dev/fd").Length - 1;
        }
        catch (IOException) when (Directory.Exists("/dev/fd"))
        {
            return allowed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int Limits(int resource, out Limit limit);

    private readonly struct Limit
    {
        public readonly ulong Now;
        public readonly ulong Most;
    }
}
