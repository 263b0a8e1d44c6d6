using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Peft.Declarative.Generators.Rules;

namespace OwnModel.Tests;

/// <summary>Eight mistakes, each made in the sample's own source, and what the compiler says of them; the sample's page prints the same.</summary>
public sealed class MistakesTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "sample");
    private static readonly string Curve = File.ReadAllText(Path.Combine(Folder, "Curve.cs")).ReplaceLineEndings("\n");

    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { "PEFT001", "sealed partial class", "sealed class", "'Curve' carries [Lora] but is not partial, so adapter code cannot be added to it. Add 'partial' to the class." },
        { "PEFT102", "private Module<Tensor, Tensor> second", "private Linear second", "Field 'second' has the sealed type 'Linear' and cannot hold the layer that [Lora] puts there. Declare it as 'Module<Tensor, Tensor>'." },
        { "PEFT102", "private Module<Tensor, Tensor> second", "private readonly Module<Tensor, Tensor> second", "Field 'second' is readonly and cannot be given the layer that [Lora] puts there. Remove 'readonly'." },
        { "PEFT202", "rank: 4", "rank: 0", "Rank 0 of [Lora] on 'Curve' leaves nothing to train" },
        { "PEFT201", "rank: 4", "rank: 48", "Rank 48 is not low for 'second' (64→64). Above 32 the adapter holds more weights than the layer itself. Use 32 or less." },
        { "PEFT004", "Alpha = 8)", "Alpha = 8, Targets = [\"second\"])", "adapts just that layer" },
        { "PEFT113", "second.call(hidden)", "hidden", "[Lora] adapts 'second' of 'Curve', but forward never calls 'second', so its adapter gets no gradient. Call it in forward, or adapt a layer that is." },
        { "PEFT113", "second.call(hidden)", "second.call(hidden).detach()", "detach" },
    };

    [Fact]
    public async Task Sample_AsItIs_HasNoMistake() => Assert.Empty(await Analyze(Curve));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Mistake_InTheSample_IsFoundAndPrintedOnItsPage(string id, string right, string wrong, string text)
    {
        Assert.Contains(right, Curve, StringComparison.Ordinal);

        Diagnostic found = Assert.Single(await Analyze(Curve.Replace(right, wrong, StringComparison.Ordinal)));

        string message = found.GetMessage(CultureInfo.InvariantCulture);
        Assert.Equal(id, found.Id);
        Assert.Contains(text, message, StringComparison.Ordinal);
        Assert.Contains($"{id}: {message}", await File.ReadAllTextAsync(Path.Combine(Folder, "README.md")), StringComparison.Ordinal);
    }

    /// <summary>Compiles the source as its project does, and asks the library's analyzer. Other errors would be in the way.</summary>
    private static Task<ImmutableArray<Diagnostic>> Analyze(string source)
    {
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => path != typeof(DeclarationAnalyzer).Assembly.Location)   // it has the attributes too
            .Select(path => MetadataReference.CreateFromFile(path));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Sample", [CSharpSyntaxTree.ParseText(source, path: "Curve.cs")], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.DoesNotContain(compilation.GetDiagnostics(), found => found.Id is "CS0246" or "CS0012");   // a type that is not known
        return compilation.WithAnalyzers([new DeclarationAnalyzer()]).GetAnalyzerDiagnosticsAsync();
    }
}
