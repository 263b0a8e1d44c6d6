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

/// <summary>Ends of lines as the file has them.</summary>
internal static class Lines
{
    /// <summary>The end of line in the trivia behind something; one that the formatter may change if there is none.</summary>
    internal static SyntaxTrivia EndOf(SyntaxTriviaList trailing) =>
        trailing.FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)) is { RawKind: not 0 } end ? end : SyntaxFactory.ElasticCarriageReturnLineFeed;
}
