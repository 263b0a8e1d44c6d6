using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Peft.Declarative.Generators.Rules;

namespace Peft.Declarative.Generators.Tests.Hosting;

/// <summary>What the generator makes of user code.</summary>
internal sealed class Generated
{
    private const string Usings =
        """
        using Peft.Declarative;
        using Peft.Declarative.Layers;
        using Peft.Declarative.Models;
        using Peft.Declarative.Training;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    private readonly Compilation before;

    private Generated(Compilation before, Compilation after, GeneratorDriverRunResult result)
    {
        this.before = before;
        After = after;
        Files = result.GeneratedTrees.ToDictionary(tree => Path.GetFileName(tree.FilePath), tree => tree.ToString());
    }

    /// <summary>The user's code and the generated code together.</summary>
    internal Compilation After { get; }

    /// <summary>Generated texts by file name.</summary>
    internal IReadOnlyDictionary<string, string> Files { get; }

    /// <summary>The only file of an aspect, such as <c>Adapters</c>.</summary>
    internal string this[string aspect] => Files.Single(file => file.Key.EndsWith($".{aspect}.g.cs", StringComparison.Ordinal)).Value;

    /// <summary>Warnings and errors of the compiler, with documentation asked for in generated code; the short samples have none.</summary>
    internal IReadOnlyList<string> CompilerProblems =>
    [
        .. After.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
            .Where(diagnostic => !(diagnostic.Id == "CS1591" && diagnostic.Location.SourceTree?.FilePath == "User.cs"))
            .Select(diagnostic => diagnostic.ToString()),
    ];

    internal static Generated From([StringSyntax("C#-test")] string source, params (string Path, string Text)[] files) =>
        From(source, LanguageVersion.Latest, files);

    internal static Generated From([StringSyntax("C#-test")] string source, LanguageVersion version, params (string Path, string Text)[] files)
    {
        var parsing = new CSharpParseOptions(version, DocumentationMode.Diagnose);
        return From(Compile(Usings + source, parsing), parsing, files);
    }

    /// <summary>A program as it is printed somewhere: with its own usings, and those that a project has implicitly.</summary>
    internal static Generated Printed(string implicitUsings, string program)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None);
        var compilation = (CSharpCompilation)Compile(program, parsing).AddSyntaxTrees(CSharpSyntaxTree.ParseText(implicitUsings, parsing, path: "Usings.cs"));
        return From(compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication)), parsing, []);
    }

    /// <summary>The same in a project that is a program and has the app package.</summary>
    internal static Generated FromProgram([StringSyntax("C#-test")] string source)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.Diagnose);
        var compilation = (CSharpCompilation)Compile(Usings + source, parsing).AddReferences(References.App);
        return From(compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication)), parsing, []);
    }

    private static Generated From(Compilation before, CSharpParseOptions parsing, (string Path, string Text)[] files)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new DeclarativeGenerator().AsSourceGenerator()],
            files.Select(file => (AdditionalText)new TextFile(file.Path, file.Text)),
            parsing,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGeneratorsAndUpdateCompilation(before, out Compilation after, out ImmutableArray<Diagnostic> reported);
        Assert.Empty(reported);
        return new Generated(before, after, driver.GetRunResult());
    }

    internal static Compilation Compile(string source, CSharpParseOptions? parsing = null) => CSharpCompilation.Create(
        "UserCode",
        [CSharpSyntaxTree.ParseText(source, parsing ?? new CSharpParseOptions(LanguageVersion.Latest), path: "User.cs")],
        References.All,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999)
            .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress)]));

    /// <summary>What the analyzer says about the user's code: id and text, in the order of the source.</summary>
    internal IReadOnlyList<Diagnostic> Analyze(params (string Path, string Text)[] files) => Analyze(new FileMetadata(new Dictionary<string, (string, string)>()), files);

    /// <summary>The same, with metadata of the files.</summary>
    internal IReadOnlyList<Diagnostic> Analyze(FileMetadata metadata, params (string Path, string Text)[] files)
    {
        var options = new AnalyzerOptions([.. files.Select(file => (AdditionalText)new TextFile(file.Path, file.Text))], metadata);
        ImmutableArray<Diagnostic> found = before
            .WithAnalyzers([new DeclarationAnalyzer(), new MergeCallAnalyzer()], options)
            .GetAnalyzerDiagnosticsAsync()
            .GetAwaiter()
            .GetResult();
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }
}
