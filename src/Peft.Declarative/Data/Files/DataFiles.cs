using System.IO.Enumeration;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Files;

/// <summary>Finds the files of a path: the file itself, those of a folder, or those that match a pattern.</summary>
internal static class DataFiles
{
    private const string AnyDepth = "**";

    /// <summary>Gets the files in the order of their names, which is the order of the rows.</summary>
    /// <exception cref="PeftException">PEFT601: there are none.</exception>
    internal static IReadOnlyList<string> Of(string path)
    {
        try
        {
            string[] files = File.Exists(path) ? [path] : Directory.Exists(path) ? In(path) : IsPattern(path) ? Fitting(path) : [];
            Array.Sort(files, StringComparer.Ordinal);
            return files.Length > 0 ? files : throw DataErrors.NoFiles(path, IsPattern(path) || Directory.Exists(path));
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw DataErrors.Unreadable(path, reason);
        }
    }

    private static bool IsPattern(string path) => path.AsSpan().ContainsAny('*', '?');

    private static string[] In(string directory) => [.. Walk(directory).Where(file => DataKinds.TryOf(file) is not null && !DataKinds.IsAbout(file))];

    // Files that editors, notebooks and file systems leave behind are not data: '.ipynb_checkpoints', '._rows.jsonl' of macOS, 'rows.jsonl~',
    // '#rows.jsonl#', '~$rows.csv'. Links to folders are not followed, because they can lead back; links to files are.
    private static FileSystemEnumerable<string> Walk(string directory) => new(
        directory,
        (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(),
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !IsLeftover(entry.FileName) && RegularFile.Is(entry.ToFullPath()),
        ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLeftover(entry.FileName) && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    };

    private static bool IsLeftover(ReadOnlySpan<char> name) =>
        name[0] is '.' or '~' or '#' || name[^1] is '~' or '#' || name.SequenceEqual("__MACOSX") || name.SequenceEqual("__pycache__");

    // The folder is the path before the first part with a wildcard; '**' matches any number of folders.
    private static string[] Fitting(string path)
    {
        string[] parts = path.Replace('\\', '/').Split('/');
        int first = Array.FindIndex(parts, IsPattern);
        string root = first == 0 ? "." : string.Join('/', parts[..first]) is { Length: > 0 } named ? named : "/";
        if (!Directory.Exists(root))
        {
            return [];
        }

        return [.. Walk(root)
            .Where(file => Fits(Path.GetRelativePath(root, file).Replace('\\', '/').Split('/'), parts[first..]))];
    }

    private static bool Fits(ReadOnlySpan<string> names, ReadOnlySpan<string> pattern)
    {
        if (pattern.Length == 0 || names.Length == 0)
        {
            return pattern.Length == names.Length;
        }

        return pattern[0] == AnyDepth
            ? Fits(names, pattern[1..]) || Fits(names[1..], pattern)
            : FileSystemName.MatchesSimpleExpression(pattern[0], names[0], ignoreCase: false) && Fits(names[1..], pattern[1..]);
    }
}
