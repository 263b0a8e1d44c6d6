using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peft.Declarative.CodeFixes;

/// <summary>Removal of attributes, with the brackets where they would stand empty.</summary>
internal static class Attributes
{
    internal static SyntaxNode Remove(SyntaxNode root, AttributeSyntax attribute)
    {
        var list = (AttributeListSyntax)attribute.Parent!;
        SyntaxNode removed = list.Attributes.Count > 1 ? attribute : list;
        return root.RemoveNode(removed, SyntaxRemoveOptions.KeepLeadingTrivia)!;
    }
}
