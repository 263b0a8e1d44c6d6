namespace Peft.Declarative.Package.Tests;

/// <summary>A folder with the packages as they would be published, made once for all tests and removed after them.</summary>
public sealed class PackedFeed : IDisposable
{
    /// <summary>Packs the text package, the library, and the model families.</summary>
    public PackedFeed()
    {
        Folder = Directory.CreateTempSubdirectory("peft-feed-").FullName;
        foreach (string project in (string[])["Peft.Declarative.Text", "Peft.Declarative", "Peft.Declarative.Models"])
        {
            (int exitCode, string output) = DotNet.Run(
                Path.Combine(BuildFacts.RepositoryRoot, "src", project),
                $"pack --no-build -c {BuildFacts.Configuration} -o \"{Folder}\"");
            Assert.True(exitCode == 0, output);
        }
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
