using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// The names of the project's <c>global using Name = …</c> directives. Generated files cannot use them for aliases outside a namespace.
/// </summary>
internal static class GlobalAliases
{
    private static readonly ConditionalWeakTable<Compilation, HashSet<string>> Found = new();

    internal static HashSet<string> Of(Compilation compilation) => Found.GetValue(compilation, Find);

    private static HashSet<string> Find(Compilation compilation) => [.. compilation.SyntaxTrees
        .Select(tree => tree.GetRoot())
        .OfType<CompilationUnitSyntax>()
        .SelectMany(unit => unit.Usings)
        .Where(directive => directive.Alias is not null && directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword))
        .Select(directive => directive.Alias!.Name.Identifier.ValueText)];
}
