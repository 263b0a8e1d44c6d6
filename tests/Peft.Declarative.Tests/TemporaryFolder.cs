namespace Peft.Declarative.Tests;

/// <summary>A folder, empty at first, that lives as long as a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("peft-tests-").FullName;

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file and gives its path.</summary>
    internal string File(string name, string content)
    {
        System.IO.File.WriteAllText(this[name], content);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
