using System.Text;

namespace Peft.Declarative.Package.Tests;

/// <summary>A small program in a folder of its own that has nothing but the packages.</summary>
internal sealed class UserProject : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("peft-user-").FullName;

    internal string ProjectFile => Path.Combine(_folder, "User.csproj");

    /// <param name="feed">Where this library's packages come from.</param>
    /// <param name="program">The program.</param>
    /// <param name="packages">The packages that the project names; the model families if nothing is said.</param>
    /// <param name="sdk">What kind of project it is.</param>
    internal UserProject(PackedFeed feed, string program, string[]? packages = null, string sdk = "Microsoft.NET.Sdk")
    {
        string references = string.Concat((packages ?? ["Peft.Declarative.Models"]).Select(package =>
            $"\n    <PackageReference Include=\"{package}\" Version=\"{(package.StartsWith("Peft", StringComparison.Ordinal) ? "0.1.0" : "2.10.0")}\" />"));
        // The packages under test go into a cache of their own, so that a later version of the same number is not mistaken for them.
        File.WriteAllText(ProjectFile, $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
                <RestoreAdditionalProjectSources>{feed.Folder}</RestoreAdditionalProjectSources>
                <RestorePackagesPath>{Path.Combine(_folder, "packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{BuildFacts.PackageCache}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>{references}
                <AdditionalFiles Include="models/**/*.json" />
                <AdditionalFiles Include="adapters/*/adapter_config.json" PeftAdapter="Persona" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(_folder, "Program.cs"), program);
    }

    internal (int ExitCode, string Output) Restore() => DotNet.Run(_folder, "restore -v:q");

    internal (int ExitCode, string Output) Build() => DotNet.Run(_folder, "build --nologo -v:q");

    internal (int ExitCode, string Output) Run(string? libtorch = null) => DotNet.Run(_folder, "run --no-build", libtorch);

    /// <summary>The size of what a build has written for the program.</summary>
    internal long OutputBytes => new DirectoryInfo(Path.Combine(_folder, "bin")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>Writes another file of the project.</summary>
    internal void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Write(string, string)"/>
    internal void Write(string path, byte[] bytes)
    {
        string file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
