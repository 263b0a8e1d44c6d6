using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.MSBuild;
using Microsoft.CodeAnalysis.Text;

namespace Peft.Declarative.Package.Tests.Editor;

/// <summary>A project with the packed packages, opened as an editor opens it: from its project file, with what the packages bring for the compiler.</summary>
public sealed class OpenProject(PackedFeed feed) : IAsyncLifetime
{
    private const string Usings =
        """
        using Peft.Declarative;
        using Peft.Declarative.Models;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    /// <summary>The sizes of a small Llama: a head has 16 of 64 features, and there are two of four for keys and values.</summary>
    private const string Config =
        """
        { "model_type": "llama", "vocab_size": 256, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
          "intermediate_size": 128, "max_position_embeddings": 512, "tie_word_embeddings": false }
        """;

    private readonly MSBuildWorkspace _workspace = MSBuildWorkspace.Create();
    private UserProject? _files;
    private Project? _project;

    /// <summary>The fixes that an editor finds in the package.</summary>
    internal IReadOnlyList<CodeFixProvider> Fixes { get; private set; } = [];

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _files = new UserProject(feed, "System.Console.WriteLine();");
        _files.Write("models/tiny/config.json", Config);
        (int exitCode, string output) = _files.Restore();
        Assert.True(exitCode == 0, output);

        _project = await _workspace.OpenProjectAsync(_files.ProjectFile);
        Assert.DoesNotContain(_workspace.Diagnostics, diagnostic => diagnostic.Kind == WorkspaceDiagnosticKind.Failure);
        AnalyzerFileReference fixes = OfThePackage.Single(reference => Path.GetFileName(reference.FullPath) == "Peft.Declarative.CodeFixes.dll");
        Fixes = [.. fixes.GetAssembly().GetTypes()
            .Where(type => type.IsDefined(typeof(ExportCodeFixProviderAttribute), inherit: false))
            .Select(type => (CodeFixProvider)Activator.CreateInstance(type)!)];
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        _workspace.Dispose();
        _files?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Opens a file beside the project's program. <c>$$</c> is where the caret is.</summary>
    internal (Document Document, int Caret) Open(string marked)
    {
        string source = Usings + marked;
        string file = Path.Combine(Path.GetDirectoryName(_project!.FilePath)!, "Persona.cs");
        Document document = _project.AddDocument("Persona.cs", SourceText.From(source.Replace("$$", "", StringComparison.Ordinal)), filePath: file);
        return (document, source.IndexOf("$$", StringComparison.Ordinal));
    }

    /// <summary>What the package's analyzers report in a project.</summary>
    internal async Task<IReadOnlyList<Diagnostic>> Analyze(Project project)
    {
        ImmutableArray<DiagnosticAnalyzer> analyzers = [.. OfThePackage.SelectMany(reference => reference.GetAnalyzers(LanguageNames.CSharp))];
        Compilation compilation = (await project.GetCompilationAsync())!;
        return await compilation.WithAnalyzers(analyzers, project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
    }

    private IEnumerable<AnalyzerFileReference> OfThePackage => _project!.AnalyzerReferences
        .OfType<AnalyzerFileReference>()
        .Where(reference => Path.GetFileName(reference.FullPath).StartsWith("Peft.Declarative.", StringComparison.Ordinal));
}
