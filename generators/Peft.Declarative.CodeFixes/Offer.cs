namespace Peft.Declarative.CodeFixes;

/// <summary>A change that a fix offers.</summary>
/// <param name="Title">The title in the editor.</param>
/// <param name="Change">Creates the changed document.</param>
internal sealed record Offer(string Title, Func<Document, CancellationToken, Task<Document>> Change)
{
    /// <summary>Creates an offer that replaces nodes of the syntax tree.</summary>
    internal static Offer Replace(string title, Func<SyntaxNode, SyntaxNode> change) => new(title, async (document, cancellation) =>
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        return document.WithSyntaxRoot(change(root));
    });
}
