using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Peft.Declarative.Generators.Rules.Torch;
using Peft.Declarative.Generators.Tests.Hosting;
using Peft.Declarative.Generators.Tests.Structure;

namespace Peft.Declarative.Generators.Tests.Rules.Torch;

/// <summary>The rules about TorchSharp, held against the library itself: nothing is found, or a pragma beside it says why it is meant.</summary>
public partial class OwnSourcesTests
{
    private const string Implicit =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;\n";

    [Theory]
    [InlineData("Peft.Declarative")]
    [InlineData("Peft.Declarative.Models")]
    [InlineData("Peft.Declarative.App")]
    [InlineData("Peft.Declarative.Serving")]
    [InlineData("Peft.Declarative.Orleans")]
    [InlineData("Peft.Declarative.Text")]
    public async Task Library_HeldAgainstTheRules_BreaksNone(string project)
    {
        string folder = Path.Combine(Repository.Root, "src", project);
        IEnumerable<string> files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !Generated(folder, file));
        string usings = Implicit + string.Concat(Usings().Matches(await File.ReadAllTextAsync(Path.Combine(folder, project + ".csproj")))
            .Select(match => $"global using {(match.Groups[2].Success ? "static " : "")}{match.Groups[1].Value};\n"));
        CSharpCompilation compilation = CSharpCompilation.Create(
            project,   // whose internals the others show it
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file)).Append(CSharpSyntaxTree.ParseText(usings)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Concat(WebFramework())
                .Where(path => Path.GetFileNameWithoutExtension(path) is var name && name != project && !name.Contains("Generators") && !name.Contains("CodeFixes"))
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

        IEnumerable<Diagnostic> found = await compilation.WithAnalyzers([.. TorchRuleTests.Analyzers]).GetAnalyzerDiagnosticsAsync();

        Assert.NotNull(compilation.GetTypeByMetadataName("TorchSharp.torch"));
        Assert.Equal([], found.Select(diagnostic => diagnostic.ToString()));
    }

    /// <summary>The assemblies of ASP.NET, which lie beside the runtime's and which only the server uses.</summary>
    private static IEnumerable<string> WebFramework()
    {
        var runtime = new DirectoryInfo(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        string web = Path.Combine(runtime.Parent!.Parent!.FullName, "Microsoft.AspNetCore.App", runtime.Name);
        return Directory.Exists(web) ? Directory.EnumerateFiles(web, "Microsoft.*.dll") : [];
    }

    private static bool Generated(string folder, string file) => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is "obj" or "bin";

    [GeneratedRegex("""<Using Include="([^"]+)"( Static="true")? />""")]
    private static partial Regex Usings();
}
