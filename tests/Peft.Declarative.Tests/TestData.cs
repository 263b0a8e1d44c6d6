using System.Reflection;

namespace Peft.Declarative.Tests;

/// <summary>Finds the reference data: where an environment variable says, else beside the repository, else the small copy under Data.</summary>
public static class TestData
{
    /// <summary>A folder of reference data, or null if this machine has none.</summary>
    /// <param name="variable">Environment variable that names another set, such as <c>PEFT_FIXTURES</c>.</param>
    /// <param name="name">Its folder in the shared data and in the small copy, such as <c>fixtures</c>.</param>
    public static string? Folder(string variable, string name)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } wish)
        {
            return Directory.Exists(wish) ? wish : throw new DirectoryNotFoundException($"{variable} names '{wish}', which does not exist.");
        }

        string root = RepositoryRoot;
        string[] candidates =
        [
            Path.Combine(root, "..", "shared", name),
            Small(name),
        ];
        return candidates.Select(Path.GetFullPath).FirstOrDefault(Directory.Exists);
    }

    /// <summary>
    /// A place in the small copy, which is the same everywhere: for tests that go by its sizes, whatever set the environment names.
    /// </summary>
    public static string Small(params string[] names) => Path.Combine([RepositoryRoot, "tests", "Peft.Declarative.Tests", "Data", .. names]);

    /// <summary>The repository's root, which the build writes into the test assembly.</summary>
    public static string RepositoryRoot { get; } = typeof(TestData).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == "RepositoryRoot").Value!;
}
