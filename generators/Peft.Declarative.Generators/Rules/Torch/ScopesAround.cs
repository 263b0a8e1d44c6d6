using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>A scope of TorchSharp's that a <c>using</c> opens.</summary>
/// <param name="Name">Name of the method that gives it.</param>
/// <param name="Call">The call.</param>
/// <param name="Using">The statement or declaration.</param>
internal sealed record ScopeAround(string Name, InvocationExpressionSyntax Call, StatementSyntax Using)
{
    /// <summary>Whether a node is inside.</summary>
    internal bool Covers(SyntaxNode node) => Using is UsingStatementSyntax statement
        ? statement.Statement.Span.Contains(node.Span)
        : Using.Parent is { } block && block.Span.Contains(node.Span) && node.SpanStart > Using.Span.End;
}

/// <summary>Finds the scopes that a node is in, innermost first. Functions inside of functions run when they are called, which may be elsewhere.</summary>
internal static class ScopesAround
{
    private static readonly HashSet<string> Names = ["NewDisposeScope", "no_grad", "inference_mode", "enable_grad", "set_grad_enabled"];

    internal static IEnumerable<ScopeAround> Of(SyntaxNode node)
    {
        SyntaxNode? body = TorchTypes.BodyOf(node);
        for (SyntaxNode at = node; at.Parent is { } parent && at != body; at = parent)
        {
            if (parent is UsingStatementSyntax statement && at == statement.Statement && Find((SyntaxNode?)statement.Expression ?? statement.Declaration, statement) is { } around) yield return around;

            IEnumerable<StatementSyntax> before = parent switch
            {
                BlockSyntax block => block.Statements.TakeWhile(other => other != at),
                CompilationUnitSyntax unit => unit.Members.TakeWhile(other => other != at).OfType<GlobalStatementSyntax>().Select(other => other.Statement),
                _ => [],
            };
            foreach (LocalDeclarationStatementSyntax local in before.Reverse().OfType<LocalDeclarationStatementSyntax>())
            {
                if (local.UsingKeyword.IsKind(SyntaxKind.UsingKeyword) && Find(local.Declaration, local) is { } above) yield return above;
            }
        }
    }

    private static ScopeAround? Find(SyntaxNode? opened, StatementSyntax scope) => opened?.DescendantNodesAndSelf()
        .OfType<InvocationExpressionSyntax>()
        .Where(call => Names.Contains(TorchTypes.NameOf(call)))
        .Select(call => new ScopeAround(TorchTypes.NameOf(call), call, scope))
        .FirstOrDefault();
}
