using Microsoft.CodeAnalysis;

namespace Peft.Declarative.CodeFixes;

/// <summary>One change that a fix offers.</summary>
/// <param name="Title">What the editor shows.</param>
/// <param name="Change">Makes the changed document.</param>
internal sealed record Offer(string Title, Func<Document, CancellationToken, Task<Document>> Change)
{
    /// <summary>An offer that exchanges nodes and looks at nothing else.</summary>
    internal static Offer Replace(string title, Func<SyntaxNode, SyntaxNode> change) => new(title, async (document, cancellation) =>
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        return document.WithSyntaxRoot(change(root));
    });
}
