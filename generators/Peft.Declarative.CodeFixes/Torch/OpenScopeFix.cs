using Microsoft.CodeAnalysis.Formatting;
using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.CodeFixes.Torch;

/// <summary>Begins each round of a loop with a dispose scope.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class OpenScopeFix() : RuleFix(TorchRuleIds.LoopWithoutScope)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        StatementSyntax? body = node.FirstAncestorOrSelf<StatementSyntax>() switch
        {
            ForStatementSyntax loop => loop.Statement,
            CommonForEachStatementSyntax loop => loop.Statement,
            WhileStatementSyntax loop => loop.Statement,
            DoStatementSyntax loop => loop.Statement,
            _ => null,
        };
        if (body is not BlockSyntax block || block.DescendantTokens().Any(token => token.ValueText == "scope")) yield break;

        // The short name where the file knows it.
        bool isImported = node.SyntaxTree.GetRoot() is CompilationUnitSyntax unit && unit.Usings.Any(directive => directive.Name?.ToString() == "TorchSharp" && directive.Alias is null);
        StatementSyntax scope = SyntaxFactory.ParseStatement($"using var scope = {(isImported ? "" : "global::TorchSharp.")}torch.NewDisposeScope();")
            .WithAdditionalAnnotations(Formatter.Annotation)
            .WithTrailingTrivia(Lines.EndOf(block.OpenBraceToken.TrailingTrivia));
        yield return Offer.Replace("Open a dispose scope", root => root.ReplaceNode(block, block.WithStatements(block.Statements.Insert(0, scope))));
    }
}
