using System.Globalization;
using Peft.Declarative.Checkpoints;
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
    internal bool MayBeTriedAgain => Loading.IsFaulted && Loading.Exception.InnerException
        is not PeftException { Id: not (RuleIds.ModelInUse or RuleIds.CannotMerge), InnerException: not (IOException or UnauthorizedAccessException) };

    /// <summary>The bytes of its tensors; 0 until it is loaded.</summary>
    internal long Bytes { get; set; }

    /// <summary>How many have it, or wait for it.</summary>
    internal int Leases { get; set; }

    internal long LastUse { get; set; }

    /// <summary>What the files of a directory look like from outside: their names, sizes, times and permissions.</summary>
    internal static string StateOf(string directory)
    {
        try
        {
            return string.Join('|', new DirectoryInfo(directory).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).Select(StateOf));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";   // loading says what is wrong with the directory
        }
    }

    /// <summary>Reads the tensors once, so that loading does not make the model wait for the disk.</summary>
    /// <returns>The bytes of the tensors.</returns>
    /// <exception cref="PeftException">They cannot be read, or are damaged.</exception>
    internal static long Warm(string directory)
    {
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        foreach (string path in AdapterDirectory.TensorFiles(directory))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            size += file.Names.Sum(name => file.Entry(name).ByteLength);
            try
            {
                using FileStream stream = RegularFile.OpenAsIs(path, bufferSize: 0);
                while (stream.Read(buffer) > 0)
                {
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw FileErrors.Unreadable(path, error, RuleIds.ModelUnreadable);
            }
        }

        return size;
    }

    // Of a link, what it leads to, because that is what is replaced.
    private static string StateOf(FileInfo file)
    {
        try
        {
            FileInfo target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return string.Create(CultureInfo.InvariantCulture, $"{file.Name}:{target.Length}:{target.LastWriteTimeUtc.Ticks}:{(int)target.UnixFileMode}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return file.Name;   // a link that leads nowhere
        }
    }
}
