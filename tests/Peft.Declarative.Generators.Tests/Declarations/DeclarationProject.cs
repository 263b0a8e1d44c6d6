using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Peft.Declarative.Generators.Rules;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Declarations;

/// <summary>A declaration compiled as a project that takes warnings for errors and asks for documentation.</summary>
internal sealed class DeclarationProject
{
    private readonly DeclarationCase _case;

    private DeclarationProject(DeclarationCase from, Compilation compilation, IReadOnlyList<Diagnostic> diagnostics, IReadOnlyList<string> emitted)
    {
        _case = from;
        Compilation = compilation;
        Diagnostics = diagnostics;
        Emitted = emitted;
    }

    internal Compilation Compilation { get; }

    internal IReadOnlyList<Diagnostic> Diagnostics { get; }

    internal IReadOnlyList<string> Emitted { get; }

    internal static async Task<DeclarationProject> Compile(DeclarationCase from, string configs)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.Diagnose);
        var options = new CSharpCompilationOptions(
            from.IsProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            generalDiagnosticOption: ReportDiagnostic.Error,
            warningLevel: 9999,
            nullableContextOptions: from.IsNullable ? NullableContextOptions.Enable : NullableContextOptions.Disable,
            specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]);
        Compilation before = CSharpCompilation.Create(
            from.Name,
            from.Files.Select(file => CSharpSyntaxTree.ParseText(file.Text, parsing, file.Name, Encoding.UTF8)),
            References.All.Append(References.App).Where(reference => Path.GetFileNameWithoutExtension(reference.Display) != from.Without),
            options);
        ImmutableArray<AdditionalText> files = [.. from.Configs.Select(config => (AdditionalText)new TextFile(config.Path, File.ReadAllText(Path.Combine(configs, config.Config))))];
        GeneratorDriver driver = CSharpGeneratorDriver
            .Create([new DeclarativeGenerator().AsSourceGenerator()], files, parsing)
            .RunGeneratorsAndUpdateCompilation(before, out Compilation after, out ImmutableArray<Diagnostic> reported);
        ImmutableArray<Diagnostic> analyzed = await after
            .WithAnalyzers([new DeclarationAnalyzer(), new MergeCallAnalyzer()], new AnalyzerOptions(files))
            .GetAnalyzerDiagnosticsAsync();
        IEnumerable<Diagnostic> said = reported.Concat(after.GetDiagnostics()).Concat(analyzed)
            .Where(diagnostic => diagnostic is { Severity: >= DiagnosticSeverity.Warning, IsSuppressed: false })
            .Where(diagnostic => diagnostic.Id != "CS1591" || from.Files.All(file => file.Name != diagnostic.Location.SourceTree?.FilePath));
        return new DeclarationProject(from, after, [.. said], [.. driver.GetRunResult().GeneratedTrees.Select(tree => tree.ToString())]);
    }

    /// <summary>What differs from what the case wants; null for nothing.</summary>
    internal string? Difference()
    {
        if (_case.IsForTheCompiler) return Diagnostics.Count > 0 && Diagnostics.All(IsTheCompilers) ? null : "wanted errors of the compiler alone; " + Said();
        if (_case.MustBeClean || (_case.MayBeClean && Diagnostics.Count == 0)) return Diagnostics.Count > 0 ? "wanted nothing; " + Said() : Unattached();

        List<Diagnostic> left = [.. Diagnostics];
        foreach (Expected expected in _case.Expected)
        {
            if (left.FirstOrDefault(diagnostic => expected.Allows(diagnostic.Id) && IsAt(diagnostic, expected)) is not { } found) return $"wanted {string.Join("|", expected.Ids)} at '{expected.Place}'; {Said()}";
            left.Remove(found);
        }

        return left.Count == 0 ? null : $"wanted {_case.Expected.Count}; {Said()}";
    }

    /// <summary>The assembly, which must be emitted without an error.</summary>
    internal byte[] Emit()
    {
        using var image = new MemoryStream();
        Compilation relaxed = Compilation.WithOptions(Compilation.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
        Assert.Empty(relaxed.Emit(image).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return image.ToArray();
    }

    private static bool IsTheCompilers(Diagnostic diagnostic) => diagnostic.Id.StartsWith("CS", StringComparison.Ordinal) && diagnostic.Id != "CS8785";

    private string? Unattached() => Emitted switch
    {
        [] => "nothing was generated",
        _ when Emitted.Any(text => text.Contains("throw new PeftException(", StringComparison.Ordinal)) => "the generated code throws",
        _ when !Emitted.Any(text => text.Contains("Adapters.Adopt(", StringComparison.Ordinal)) => "the generated code attaches nothing",
        _ => null,
    };

    private bool IsAt(Diagnostic diagnostic, Expected expected)
    {
        if (expected.Place.Length == 0) return true;
        if (diagnostic.Location.SourceTree is not { } tree || _case.Files.All(file => file.Name != tree.FilePath)) return false;

        string text = tree.ToString();
        TextSpan squiggle = diagnostic.Location.SourceSpan;
        int occurrence = 0;
        for (int start = text.IndexOf(expected.Place, StringComparison.Ordinal); start >= 0; start = text.IndexOf(expected.Place, start + 1, StringComparison.Ordinal))
        {
            occurrence++;
            var place = new TextSpan(start, expected.Place.Length);
            if (expected.Occurrence is not 0 && expected.Occurrence != occurrence) continue;
            if (place.Contains(squiggle) || (!squiggle.IsEmpty && squiggle.Contains(place))) return true;
        }

        return false;
    }

    private string Said() => Diagnostics.Count == 0 ? "got nothing" : "got " + string.Join(" + ", Diagnostics.Select(diagnostic => diagnostic.ToString()));
}
