namespace Peft.Declarative.Checkpoints;

/// <summary>Finds out whether two paths name one directory, also through links, mounts and other spellings.</summary>
internal static class SameDirectory
{
    /// <summary>Whether what is written to one of the directories is seen in the other. A directory that does not exist is no other one.</summary>
    internal static bool Are(string one, string other)
    {
        if (!Directory.Exists(one) || !Directory.Exists(other))
        {
            return false;
        }

        if (Resolved(one) == Resolved(other))
        {
            return true;
        }

        // No path tells about mounts, and on some disks not even about letters; a file that is seen in both does.
        string name = $".peft-{Guid.NewGuid():N}.tmp";
        string probe = Path.Combine(one, name);
        try
        {
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.DeleteOnClose);
            return File.Exists(Path.Combine(other, name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;   // where nothing can be written, nothing can be replaced; the writer says why
        }
    }

    private static string Resolved(string path)
    {
        string full = Path.GetFullPath(path);
        string resolved = Path.GetPathRoot(full)!;
        foreach (string part in full[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(resolved, part);
            resolved = Directory.ResolveLinkTarget(next, returnFinalTarget: true)?.FullName ?? next;
        }

        return resolved;
    }
}
