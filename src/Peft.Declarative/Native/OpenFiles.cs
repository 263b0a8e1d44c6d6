using System.Runtime.InteropServices;

namespace Peft.Declarative.Native;

/// <summary>How many files the system allows this process to have open. .NET keeps two for every assembly, so a low limit fails in places that have nothing to do with files.</summary>
internal static partial class OpenFiles
{
    /// <summary>A program with adapters has fewer open.</summary>
    private const ulong Enough = 256;

    private static ulong? _limit;

    /// <summary>Reads the limit. Later, when there are no more files, it could not be asked for.</summary>
    internal static void Note()
    {
        const int OfLinux = 7;
        const int OfMacOS = 8;
        try
        {
            _limit = Limits(OperatingSystem.IsMacOS() ? OfMacOS : OfLinux, out Limit limit) == 0 ? limit.Now : null;
        }
        catch (EntryPointNotFoundException)
        {
            _limit = null;
        }
    }

    /// <summary>The limit, if it is so low that it may be the cause of an error.</summary>
    internal static ulong? LowLimit(Exception error) => _limit is < Enough && error is IOException or BadImageFormatException or DllNotFoundException ? _limit : null;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int Limits(int resource, out Limit limit);

    private readonly struct Limit
    {
        public readonly ulong Now;
        public readonly ulong Most;
    }
}
