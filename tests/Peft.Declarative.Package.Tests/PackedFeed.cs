namespace Peft.Declarative.Package.Tests;

/// <summary>A folder with the packages as they would be published, made once for all tests and removed after them.</summary>
public sealed class PackedFeed : IDisposable
{
    internal const string Collection = "packages";

    private static readonly string[] Projects =
    [
        "Peft.Declarative.Text", "Peft.Declarative", "Peft.Declarative.Models", "Peft.Declarative.Serving", "Peft.Declarative.Orleans", "Peft.Declarative.Cpu",
    ];

    /// <summary>Packs the text package, the library, the model families, the servers, and the package of libtorch.</summary>
    public PackedFeed()
    {
        Folder = Directory.CreateTempSubdirectory("peft-feed-").FullName;
        foreach (string project in Projects)
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

/// <summary>The tests that share the packages.</summary>
[CollectionDefinition(PackedFeed.Collection)]
public sealed class PackedFeedCollection : ICollectionFixture<PackedFeed>;
