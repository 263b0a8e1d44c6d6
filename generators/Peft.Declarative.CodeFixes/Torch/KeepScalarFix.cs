using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.CodeFixes.Torch;

/// <summary>Holds a scalar in a variable while a script uses it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class KeepScalarFix() : RuleFix(TorchRuleIds.ScalarNotKept)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node is not ExpressionSyntax given || node.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } statement || given is IdentifierNameSyntax) yield break;

        string name = "scalar";
        for (int number = 2; block.DescendantTokens().Any(token => token.ValueText == name); number++) name = $"scalar{number}";
        LocalDeclarationStatementSyntax held = ((LocalDeclarationStatementSyntax)SyntaxFactory.ParseStatement($"using global::TorchSharp.Scalar {name} = {given};"))
            .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
        StatementSyntax changed = statement.ReplaceNode(given, SyntaxFactory.IdentifierName(name).WithTriviaFrom(given));
        yield return Offer.Replace("Hold it in a variable", root => root.ReplaceNode(statement, [held.WithTrailingTrivia(Lines.EndOf(statement.GetTrailingTrivia())), changed]));
    }
}
