namespace Peft.Declarative.Text.Errors;

/// <summary>The pointer files of git-lfs. A clone without git-lfs contains them in place of large files.</summary>
internal static class LfsPointer
{
    private static ReadOnlySpan<byte> Beginning => "version https://git-lfs.github.com/spec"u8;

    /// <summary>Determines whether a file is a pointer, by its first bytes.</summary>
    internal static bool Begins(ReadOnlySpan<byte> file) => file.StartsWith(Beginning);

    /// <summary>The error for a pointer.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="id">The rule id of the reader.</param>
    internal static PeftException Error(string path, string id) => new(id,
        $"'{path}' is a git-lfs pointer: a few lines of text that name the real file. Run 'git lfs pull' in its repository, or download the file itself.");
}
