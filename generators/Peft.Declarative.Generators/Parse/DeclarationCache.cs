using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Keeps what was read of a declaration for as long as nothing has changed that it may depend on: its own file, files with types that this one mentions, the files
/// that those mention, and what holds for the whole project. A key that is typed elsewhere costs a look-up; generator and analyzer share what is kept.
/// </summary>
internal static class DeclarationCache
{
    // Names that are very common would tie a declaration to half of the project, which costs more to find out than to read it again.
    private const int MostFiles = 100;

    private static readonly ConditionalWeakTable<TypeDeclarationSyntax, Entry> Entries = new();

    /// <summary>The declaration that a class is generated from at this part of it; null if it declares nothing, or another part is the place.</summary>
    internal static ModelDeclaration? At(TypeDeclarationSyntax node, Compilation compilation, CancellationToken cancellation)
    {
        ProjectFacts project = ProjectFacts.Of(compilation);
        if (Entries.TryGetValue(node, out Entry? known) && known.Holds(project)) return known.Declaration;

        var read = new Entry(node, project, Read(node, compilation, cancellation));
        Entries.Remove(node);
        Entries.GetValue(node, _ => read);
        return read.Declaration;
    }

    /// <summary>The declaration of a class; null if it declares nothing.</summary>
    internal static ModelDeclaration? Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        if (type.DeclaringSyntaxReferences.IsEmpty) return DeclarationParser.Parse(type, compilation, cancellation);

        return type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellation))
            .OfType<TypeDeclarationSyntax>()
            .Where(node => AttributeNames.AreOn(node) || AttributeNames.AreOn(node, ProjectFacts.Of(compilation).GlobalAliases))
            .Select(node => At(node, compilation, cancellation))
            .FirstOrDefault(declaration => declaration is not null);
    }

    private static ModelDeclaration? Read(TypeDeclarationSyntax node, Compilation compilation, CancellationToken cancellation)
    {
        if (compilation.GetSemanticModel(node.SyntaxTree).GetDeclaredSymbol(node, cancellation) is not { } type) return null;

        // A class may carry several attributes, also on its members and in several parts, and is generated once: at the first of them.
        SyntaxNode? first = DeclarationParser.First(type)?.ApplicationSyntaxReference?.GetSyntax(cancellation);
        return first?.FirstAncestorOrSelf<TypeDeclarationSyntax>() == node ? DeclarationParser.Parse(type, compilation, cancellation) : null;
    }

    private sealed class Entry
    {
        private readonly HashSet<SyntaxTree> _files = [];
        private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase);
        private readonly string _name;
        private ProjectFacts _project;

        internal Entry(TypeDeclarationSyntax node, ProjectFacts project, ModelDeclaration? declaration)
        {
            Declaration = declaration;
            _name = node.Identifier.ValueText;
            _project = project;

            var open = new Queue<SyntaxTree>(project.GlobalUsings.Append(node.SyntaxTree));
            foreach (string alias in TypeNames.Aliased) Mention(alias);
            while (open.Count > 0 && _files.Count <= MostFiles)
            {
                SyntaxTree file = open.Dequeue();
                if (!_files.Add(file)) continue;
                foreach (string word in SourceFacts.Of(file).Words) Mention(word);
            }

            void Mention(string word)
            {
                if (!_words.Add(word)) return;
                foreach (SyntaxTree declaring in project.Declaring(word)) open.Enqueue(declaring);
            }
        }

        internal ModelDeclaration? Declaration { get; }

        /// <summary>Whether the declaration is what it would be if it were read now.</summary>
        internal bool Holds(ProjectFacts project)
        {
            if (project == _project) return true;
            if (_files.Count > MostFiles) return false;

            ProjectChange change = project.Since(_project);
            if (change.ConcernsAll || change.Removed.Any(_files.Contains) || change.Types.Any(Matters)) return false;

            _project = project;
            return true;
        }

        // Generated types are named after the class.
        private bool Matters(string type) => _words.Contains(type) || type.StartsWith(_name, StringComparison.OrdinalIgnoreCase);
    }
}
