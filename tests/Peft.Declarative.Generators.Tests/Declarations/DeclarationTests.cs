using System.Runtime.CompilerServices;
using Peft.Declarative.Generators.Tests.Structure;

namespace Peft.Declarative.Generators.Tests.Declarations;

/// <summary>
/// Catalogues of declarations, one per file: right ones must compile without a word, adapt and train; wrong ones must give exactly the diagnostics that
/// their first lines name. <c>PEFT_DECLARATIONS</c> names a folder with more of them.
/// </summary>
public class DeclarationTests
{
    private static readonly string Own = Path.Combine(Folder(), "Catalogue");

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string folder in Catalogues())
            {
                foreach (string file in Directory.GetFiles(folder, "*.cs").Order(StringComparer.Ordinal)) cases.Add(Path.GetFileNameWithoutExtension(file), folder);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Declaration_OfACatalogue_IsJudgedAsItsFileSays(string name, string folder)
    {
        DeclarationCase declaration = DeclarationCase.Read(Path.Combine(folder, name + ".cs"));
        string configs = Path.Combine(folder, "configs");

        DeclarationProject project = await DeclarationProject.Compile(declaration, configs);

        Assert.Null(project.Difference());
        if (declaration.IsForTheCompiler || project.Diagnostics.Count > 0) return;

        byte[] assembly = project.Emit();
        if (declaration.Runs) Assert.Null(new DeclaredModel(declaration, configs).Failure(assembly));
    }

    [Fact]
    public void Catalogue_OfOurOwn_HasSixtyDeclarations() => Assert.InRange(Directory.GetFiles(Own, "*.cs").Length, 60, int.MaxValue);

    private static IEnumerable<string> Catalogues()
    {
        string? named = Environment.GetEnvironmentVariable("PEFT_DECLARATIONS");
        string beside = Path.Combine(Repository.Root, "..", "shared", "declarations");
        string[] folders = [Own, string.IsNullOrEmpty(named) ? Path.GetFullPath(beside) : named];
        return folders.Where(Directory.Exists);
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
