namespace Peft.Declarative.CodeFixes;

/// <summary>Removes attributes, and their brackets if they are then empty.</summary>
internal static class Attributes
{
    // Without an adapter, these attributes have no effect, which is another error.
    private static readonly string[] Dependent = ["Training", "Quantize", "Budget", "BaseConfig", "PeftApp"];

    /// <summary>Removes an attribute. With the last adapter of a class, the attributes that depend on it are removed too.</summary>
    internal static SyntaxNode Remove(SyntaxNode root, AttributeSyntax attribute)
    {
        List<AttributeSyntax> gone = [attribute];
        if (attribute.Parent?.Parent is TypeDeclarationSyntax type)
        {
            List<AttributeSyntax> others = type.AttributeLists.SelectMany(list => list.Attributes).Where(other => other != attribute).ToList();
            bool adaptsMembers = type.Members.Any(member => member.AttributeLists.Count > 0);
            if (!adaptsMembers && others.All(other => Dependent.Contains(NameOf(other)))) gone.AddRange(others);
        }

        IEnumerable<SyntaxNode> removed = gone
            .GroupBy(one => (AttributeListSyntax)one.Parent!)
            .SelectMany(list => list.Count() == list.Key.Attributes.Count ? new SyntaxNode[] { list.Key } : list.Cast<SyntaxNode>());
        return root.RemoveNodes(removed, SyntaxRemoveOptions.KeepLeadingTrivia)!;
    }

    private static string NameOf(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        return name.Substring(name.LastIndexOf('.') + 1).Replace("Attribute", "");
    }
}
