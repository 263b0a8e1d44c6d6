namespace Peft.Declarative.Checkpoints;

/// <summary>Writes files so that a reader sees either the old content or the new content, and never a part of it.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to a temporary file in the target's directory, flushes it to the disk, and renames it to the target's name.</summary>
    /// <param name="path">The target. Missing directories are created.</param>
    /// <param name="write">Writes the content. If it throws, the target is unchanged and the exception is rethrown.</param>
    /// <exception cref="PeftException">PEFT502: the target cannot be written. An existing file is unchanged.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using PendingFile pending = PendingFile.Write(path, write);
        pending.Commit();
    }

    /// <summary>
    /// Writes several files that belong together. All of them are complete on the disk before the first one is renamed, so only a failure between
    /// two renames can leave old and new files side by side.
    /// </summary>
    /// <param name="files">The targets and the delegates that write their content. The files are renamed in this order.</param>
    /// <exception cref="PeftException">PEFT502: a target cannot be written. The message names the target and the reason.</exception>
    public static void WriteAll(params IReadOnlyList<(string Path, Action<Stream> Write)> files)
    {
        List<PendingFile> pending = new(files.Count);
        try
        {
            foreach ((string path, Action<Stream> write) in files)
            {
                pending.Add(PendingFile.Write(path, write));
            }

            pending.ForEach(file => file.Commit());
        }
        finally
        {
            pending.ForEach(file => file.Dispose());
        }
    }
}
