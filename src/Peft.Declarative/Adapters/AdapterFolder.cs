namespace Peft.Declarative.Adapters;

/// <summary>A folder of adapters: one directory for each, named as it is.</summary>
internal static class AdapterFolder
{
    /// <summary>The name of an adapter's directory: its own name, with what a file system would take for something else written as <c>%2F</c>.</summary>
    internal static string NameOf(string adapter)
    {
        string safe = Uri.EscapeDataString(adapter);
        return safe[0] == '.' ? "%2E" + safe[1..] : safe;
    }

    /// <summary>The directories of a folder, by name.</summary>
    internal static IEnumerable<string> In(string folder) => Directory.EnumerateDirectories(folder)
        .Where(directory => Path.GetFileName(directory)[0] != '.')
        .Order(StringComparer.Ordinal);

    /// <summary>The name of the adapter in a directory.</summary>
    internal static string AdapterOf(string directory) => Uri.UnescapeDataString(Path.GetFileName(Path.TrimEndingDirectorySeparator(directory)));
}
