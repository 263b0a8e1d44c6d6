using System.Runtime.CompilerServices;

namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>The sources that this test project was built beside.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>All C# files below a folder of the root, with paths relative to that folder, with slashes.</summary>
    internal static IEnumerable<(string Path, string Text)> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(file => (Path: Path.GetRelativePath(Path.Combine(Root, folder), file).Replace(Path.DirectorySeparatorChar, '/'), File: file))
        .Where(file => !file.Path.Split('/').Any(part => part is "bin" or "obj"))
        .OrderBy(file => file.Path, StringComparer.Ordinal)
        .Select(file => (file.Path, File.ReadAllText(file.File)));

    private static string FindRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
