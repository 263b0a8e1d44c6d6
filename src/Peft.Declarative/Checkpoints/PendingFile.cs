using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>A complete temporary file in the directory of its target. <see cref="Commit"/> renames it to the target; otherwise disposal deletes it.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _target;
    private readonly string _temporary;
    private bool _committed;

    private PendingFile(string target, string temporary)
    {
        _target = target;
        _temporary = temporary;
    }

    /// <summary>Writes a temporary file. It is in the target's directory because a rename is atomic only within one file system.</summary>
    internal static PendingFile Write(string target, Action<Stream> write)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(target)) ?? target;
        string temporary = Path.Combine(directory, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        PendingFile pending = new(target, temporary);
        try
        {
            Directory.CreateDirectory(directory);
            if (Directory.Exists(target))
            {
                throw new IOException("a directory of that name is there");
            }

            using FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            write(stream);
            stream.Flush(flushToDisk: true);   // the rename must not reach the disk before the content does
            return pending;
        }
        catch (Exception error)
        {
            pending.Dispose();
            if (Explain(target, error) is { } explained)
            {
                throw explained;
            }

            throw;
        }
    }

    /// <summary>Renames the file to the target. An existing target is replaced in the same step.</summary>
    internal void Commit()
    {
        try
        {
            File.Move(_temporary, _target, overwrite: true);
            _committed = true;
        }
        catch (Exception error) when (Explain(_target, error) is { } explained)
        {
            throw explained;
        }
    }

    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        try
        {
            File.Delete(_temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The cause of the first error can also prevent the deletion. The first error is the one to report.
        }
    }

    internal static PeftException? Explain(string target, Exception error)
    {
        const int LinuxNoSpace = 28, LinuxQuota = 122, WindowsNoSpace = unchecked((int)0x80070070);
        string? reason = error switch
        {
            UnauthorizedAccessException => "the directory is not writable for this user. Change its permissions or choose another one.",
            IOException { HResult: LinuxNoSpace or LinuxQuota or WindowsNoSpace } => "the disk is full. Make room or choose another directory.",
            IOException => $"{error.Message.TrimEnd('.')}. Choose another path.",
            _ => null,
        };
        return reason is null ? null
            : new PeftException(RuleIds.FileNotWritten, $"'{target}' cannot be written: {reason} An existing file is unchanged.", error);
    }
}
