namespace Peft.Declarative.Text.Errors;

/// <summary>The pointer files of git-lfs. A clone without git-lfs contains them in place of large files.</summary>
internal static class LfsPointer
{
    // The format's specification keeps pointers below this size.
    private const int MaxLength = 1024;

    private static ReadOnlySpan<byte> Beginning => "version https://git-lfs.github.com/spec"u8;

    /// <summary>The remark on a pointer, as the end of a sentence.</summary>
    internal const string Problem = "it is a git-lfs pointer, a few lines of text that name the real file; run 'git lfs pull' in its repository, or download the file itself";

    /// <summary>Determines whether a file is a pointer, by its first bytes.</summary>
    internal static bool Begins(ReadOnlySpan<byte> file) => file.StartsWith(Beginning);

    /// <summary>Reads the first bytes of a small file and goes back to its beginning.</summary>
    /// <exception cref="IOException">The file is a pointer.</exception>
    internal static void Refuse(FileStream file)
    {
        if (file.Length > MaxLength)
        {
            return;
        }

        Span<byte> first = stackalloc byte[Beginning.Length];
        int read = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (Begins(first[..read]))
        {
            throw new IOException(Problem);
        }

        file.Position = 0;
    }
}
