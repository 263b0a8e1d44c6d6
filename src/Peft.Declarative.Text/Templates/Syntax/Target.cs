namespace Peft.Declarative.Text.Templates.Syntax;

/// <summary>What can be assigned to.</summary>
internal abstract record Target(int Line)
{
    /// <summary>A variable.</summary>
    internal sealed record Variable(int Line, string Id) : Target(Line);

    /// <summary>Several at once, from the items of a value.</summary>
    internal sealed record Several(int Line, IReadOnlyList<Target> Targets) : Target(Line);

    /// <summary>An attribute of a namespace, which inner scopes may change.</summary>
    internal sealed record NamespaceAttribute(int Line, string Namespace, string Id) : Target(Line);
}
