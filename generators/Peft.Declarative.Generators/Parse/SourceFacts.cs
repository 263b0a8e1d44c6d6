using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// What one file can change in the meaning of others: names that it declares, and what it says for the whole project. Read from the syntax alone and once,
/// since files stay the same objects from edit to edit.
/// </summary>
internal sealed class SourceFacts
{
    private const string Suffix = "Attribute";

    private static readonly ConditionalWeakTable<SyntaxTree, SourceFacts> Known = new();

    private readonly SyntaxTree _tree;
    private readonly Lazy<HashSet<string>> _words;

    private SourceFacts(SyntaxTree tree)
    {
        _tree = tree;
        _words = new(ReadWords);
        var types = new List<string>();
        var globalAliases = new List<string>();
        var apps = new List<string>();
        var project = new List<string>();
        if (tree.GetRoot() is not CompilationUnitSyntax unit) return;

        foreach (UsingDirectiveSyntax directive in unit.Usings.Where(directive => directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword)))
        {
            project.Add(directive.ToString());
            if (directive.Alias is { } alias) globalAliases.Add(alias.Name.Identifier.ValueText);
        }

        HasGlobalUsings = project.Count > 0;
        HasProgram = unit.Members.Any(member => member is GlobalStatementSyntax);
        foreach (SyntaxNode node in unit.DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        {
            switch (node)
            {
                case BaseNamespaceDeclarationSyntax space: project.Add(space.Name.ToString()); break;
                case MethodDeclarationSyntax { Identifier.ValueText: "Main" }: HasProgram = true; break;
                case BaseTypeDeclarationSyntax type:
                    Declare(type.Identifier.ValueText);
                    if (type.AttributeLists.SelectMany(list => list.Attributes).Any(IsApp)) apps.Add(type.Identifier.ValueText);
                    break;
                case DelegateDeclarationSyntax type: Declare(type.Identifier.ValueText); break;
            }
        }

        (Types, GlobalAliases, Apps) = (types, globalAliases, apps);
        ForProject = string.Join("\n", project.Concat(apps).Append(HasProgram ? "Main" : ""));

        void Declare(string name)
        {
            types.Add(name);
            if (name.EndsWith(Suffix, StringComparison.Ordinal)) types.Add(name.Substring(0, name.Length - Suffix.Length));
        }
    }

    /// <summary>Short names of the types that it declares, those of attributes also as they are written where they are used.</summary>
    internal IReadOnlyList<string> Types { get; } = [];

    /// <summary>Names that it gives to types for all files.</summary>
    internal IReadOnlyList<string> GlobalAliases { get; } = [];

    /// <summary>Classes for which it asks for an app.</summary>
    internal IReadOnlyList<string> Apps { get; } = [];

    /// <summary>Whether it has an entry point of its own.</summary>
    internal bool HasProgram { get; }

    /// <summary>Whether it has usings for all files.</summary>
    internal bool HasGlobalUsings { get; }

    /// <summary>All that it says for the whole project, as text.</summary>
    internal string ForProject { get; } = "";

    /// <summary>Every name that it mentions, wherever; case is left aside, as some file systems do.</summary>
    internal HashSet<string> Words => _words.Value;

    internal static SourceFacts Of(SyntaxTree tree) => Known.GetValue(tree, static tree => new SourceFacts(tree));

    private HashSet<string> ReadWords()
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (SyntaxToken token in _tree.GetRoot().DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken)) words.Add(token.ValueText);
        }

        return words;
    }

    private static bool IsApp(AttributeSyntax attribute) => AttributeNames.Short(attribute) is "PeftApp" or "PeftAppAttribute";
}
