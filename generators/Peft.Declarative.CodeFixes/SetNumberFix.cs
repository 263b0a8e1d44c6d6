using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.CodeFixes;

/// <summary>Sets a number that is out of range to the nearest one that is not.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class SetNumberFix() : RuleFix(RuleIds.OutOfRange)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        ExpressionSyntax? number = node as ExpressionSyntax ?? (node as AttributeArgumentSyntax)?.Expression;
        if (number is null || Suggestions(diagnostic) is not [var nearest, ..]) yield break;

        ExpressionSyntax valid = SyntaxFactory.ParseExpression(nearest).WithTriviaFrom(number);
        yield return Offer.Replace($"Use {nearest}", root => root.ReplaceNode(number, valid));
    }
}
