namespace Peft.Declarative.Checkpoints;

/// <summary>Writes files so that a reader sees the old content or the new one, and never a part.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a temporary file beside the target, flushes it to the disk, and renames it over the target.</summary>
    /// <param name="path">The target. Missing directories are created.</param>
    /// <param name="write">Writes the content. If it throws, the target stays as it was and its error is passed on.</param>
    /// <exception cref="PeftException">PEFT502: the target cannot be written; says why. What was there before is unchanged.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using PendingFile pending = PendingFile.Write(path, write);
        pending.Commit();
    }

    /// <summary>
    /// Writes several files that belong together. All are complete on the disk before the first one is renamed, so that only a
    /// failure between two renames can leave new beside old.
    /// </summary>
    /// <param name="files">Targets and what writes them; renamed in this order.</param>
    /// <exception cref="PeftException">PEFT502: a target cannot be written; says which and why.</exception>
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
