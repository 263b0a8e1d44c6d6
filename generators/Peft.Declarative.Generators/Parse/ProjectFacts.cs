using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peft.Declarative.Generators.Parse;

/// <summary>The files of a project at one moment, and how they differ from those of another. Files that this generator wrote are not among them.</summary>
internal sealed class ProjectFacts
{
    private const string OwnFiles = "Peft.Declarative.Generators.";

    private static readonly ConditionalWeakTable<Compilation, ProjectFacts> Known = new();

    private readonly HashSet<SyntaxTree> _trees = [];
    private readonly CompilationOptions _options;
    private readonly IEnumerable<MetadataReference> _references;
    private readonly Lazy<Dictionary<string, List<SyntaxTree>>> _declarations;
    private Tuple<ProjectFacts, ProjectChange>? _last;

    private ProjectFacts(Compilation compilation)
    {
        _options = compilation.Options;
        _references = compilation.ExternalReferences;
        _declarations = new(Index);
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            if (tree.FilePath.Contains(OwnFiles)) continue;

            _trees.Add(tree);
            SourceFacts facts = SourceFacts.Of(tree);
            GlobalAliases.UnionWith(facts.GlobalAliases);
            HasProgram |= facts.HasProgram;
            if (facts.Apps.Count > 0) Apps.AddRange(facts.Apps);
            if (facts.HasGlobalUsings) GlobalUsings.Add(tree);
        }
    }

    /// <summary>The names that the project gives to types everywhere: no other file outside a namespace may use them for an alias.</summary>
    internal HashSet<string> GlobalAliases { get; } = [];

    /// <summary>Files with usings for all others.</summary>
    internal List<SyntaxTree> GlobalUsings { get; } = [];

    /// <summary>Classes for which an app is asked for.</summary>
    internal List<string> Apps { get; } = [];

    /// <summary>Whether a file has an entry point.</summary>
    internal bool HasProgram { get; }

    internal static ProjectFacts Of(Compilation compilation) => Known.GetValue(compilation, static compilation => new ProjectFacts(compilation));

    /// <summary>Types that carry an attribute under a name which the project gives it, and none under its own: the syntax of their files alone does not tell.</summary>
    internal IEnumerable<TypeDeclarationSyntax> Renamed(CancellationToken cancellation) => GlobalAliases.Count == 0 ? [] : _trees
        .SelectMany(tree => tree.GetRoot(cancellation).DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        .OfType<TypeDeclarationSyntax>()
        .Where(type => AttributeNames.AreOn(type, GlobalAliases) && !AttributeNames.AreOn(type));

    /// <summary>The files that declare a type of a short name.</summary>
    internal IReadOnlyList<SyntaxTree> Declaring(string type) => _declarations.Value.TryGetValue(type, out List<SyntaxTree>? trees) ? trees : [];

    /// <summary>What happened since an earlier moment.</summary>
    internal ProjectChange Since(ProjectFacts earlier)
    {
        // All declarations of a project ask the same.
        if (_last is { } last && last.Item1 == earlier) return last.Item2;

        ProjectChange change = Compare(earlier);
        _last = Tuple.Create(earlier, change);
        return change;
    }

    private ProjectChange Compare(ProjectFacts earlier)
    {
        List<SyntaxTree> removed = earlier._trees.Where(tree => !_trees.Contains(tree)).ToList(), added = _trees.Where(tree => !earlier._trees.Contains(tree)).ToList();
        bool concernsAll = !_options.Equals(earlier._options)
            || !_references.SequenceEqual(earlier._references)
            || !removed.Select(ForProject).OrderBy(text => text, StringComparer.Ordinal).SequenceEqual(added.Select(ForProject).OrderBy(text => text, StringComparer.Ordinal));
        return new ProjectChange(concernsAll, removed, added.Concat(removed).SelectMany(tree => SourceFacts.Of(tree).Types).ToList());

        static string ForProject(SyntaxTree tree) => SourceFacts.Of(tree).ForProject;
    }

    private Dictionary<string, List<SyntaxTree>> Index()
    {
        var index = new Dictionary<string, List<SyntaxTree>>(StringComparer.OrdinalIgnoreCase);
        foreach (SyntaxTree tree in _trees)
        {
            foreach (string type in SourceFacts.Of(tree).Types)
            {
                if (!index.TryGetValue(type, out List<SyntaxTree>? trees)) index.Add(type, trees = []);
                trees.Add(tree);
            }
        }

        return index;
    }
}

/// <summary>How a project differs from what it was.</summary>
/// <param name="ConcernsAll">Whether references, options, or what files say for all others are not the same.</param>
/// <param name="Removed">Files that are gone, or have another text.</param>
/// <param name="Types">Short names of types in files that are gone, new, or have another text.</param>
internal sealed record ProjectChange(bool ConcernsAll, IReadOnlyList<SyntaxTree> Removed, IReadOnlyList<string> Types);
