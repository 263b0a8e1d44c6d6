using Microsoft.CodeAnalysis;

namespace Peft.Declarative.Generators.Tests.Hosting;

/// <summary>What user code is compiled against: the running framework, TorchSharp, and this library. Nothing is fetched.</summary>
internal static class References
{
    internal static IReadOnlyList<MetadataReference> All { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(IsUsed)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The package that [PeftApp] asks for.</summary>
    internal static MetadataReference App { get; } = MetadataReference.CreateFromFile(typeof(Peft.Declarative.App.PeftConsole).Assembly.Location);

    private static bool IsUsed(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return name is "TorchSharp" or "Peft.Declarative" or "Peft.Declarative.Text" or "Peft.Declarative.Models" or "netstandard" or "mscorlib"
            || (name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("System.Composition", StringComparison.Ordinal));
    }
}
