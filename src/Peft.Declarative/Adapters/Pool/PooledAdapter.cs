using System.Globalization;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Adapters.Pool;

/// <summary>An adapter of a pool as its files were at one time.</summary>
/// <param name="name">Its name.</param>
/// <param name="state">What the files looked like.</param>
/// <param name="former">The adapter of this name that is on the model from earlier files.</param>
internal sealed class PooledAdapter(string name, string state, PooledAdapter? former)
{
    internal string Name => name;

    internal string State => state;

    /// <summary>The one that it replaces, until it is loaded.</summary>
    internal PooledAdapter? Former { get; set; } = former;

    /// <summary>What newer files looked like that could not be loaded.</summary>
    internal string? Refused { get; set; }

    /// <summary>The adapter, once it is on the model.</summary>
    internal Task<Adapter> Loading { get; set; } = null!;

    internal bool IsLoaded => Loading.IsCompletedSuccessfully;

    /// <summary>Whether it could not be loaded for a reason that lies in the moment and not in the files.</summary>
    internal bool MayBeTriedAgain =>
        Loading.IsFaulted && Loading.Exception.InnerException is not PeftException { Id: not (RuleIds.ModelInUse or RuleIds.CannotMerge) };

    /// <summary>The bytes of its tensors; 0 until it is loaded.</summary>
    internal long Bytes { get; set; }

    /// <summary>How many have it, or wait for it.</summary>
    internal int Leases { get; set; }

    internal long LastUse { get; set; }

    /// <summary>What the files of a directory look like from outside: their names, sizes and times.</summary>
    internal static string StateOf(string directory) => string.Join('|', new DirectoryInfo(directory).EnumerateFiles()
        .OrderBy(file => file.Name, StringComparer.Ordinal)
        .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}")));

    /// <summary>Reads the files once, so that loading does not make the model wait for the disk.</summary>
    /// <returns>Their size.</returns>
    internal static long Warm(string directory)
    {
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            using FileStream stream = File.OpenRead(file);
            for (int read = 1; read > 0; size += read)
            {
                read = stream.Read(buffer);
            }
        }

        return size;
    }
}
