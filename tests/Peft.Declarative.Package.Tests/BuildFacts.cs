using System.Reflection;

namespace Peft.Declarative.Package.Tests;

/// <summary>What the build that made these tests knows.</summary>
internal static class BuildFacts
{
    internal static string RepositoryRoot => Of(nameof(RepositoryRoot));

    internal static string PackageCache => Of(nameof(PackageCache));

    internal static string Configuration => Of(nameof(Configuration));

    internal static string TorchRid => Of(nameof(TorchRid));

    /// <summary>The machine's own libtorch, already restored for the other tests.</summary>
    internal static string LibtorchFolder => Path.Combine(
        PackageCache, $"libtorch-cpu-{TorchRid}", "2.10.0", "runtimes", TorchRid, "native");

    private static string Of(string key) => typeof(BuildFacts).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(fact => fact.Key == key).Value!;
}
