using Microsoft.CodeAnalysis.Simplification;
using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.CodeFixes.Torch;

/// <summary>Makes a parameter of a tensor that was meant to be one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class UseParameterFix() : RuleFix(TorchRuleIds.NotAParameter)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<FieldDeclarationSyntax>() is not { Declaration: { Variables: [{ Initializer: { } initial }] } declaration } field) yield break;

        TypeSyntax type = SyntaxFactory.ParseTypeName("global::TorchSharp.Modules.Parameter").WithAdditionalAnnotations(Simplifier.Annotation);
        ExpressionSyntax made = SyntaxFactory.ObjectCreationExpression(SyntaxFactory.Token(SyntaxKind.NewKeyword).WithTrailingTrivia(SyntaxFactory.Space), type, Arguments(initial.Value), null);
        FieldDeclarationSyntax changed = field.WithDeclaration(declaration
            .WithType(type.WithTriviaFrom(declaration.Type))
            .WithVariables(SyntaxFactory.SingletonSeparatedList(declaration.Variables[0].WithInitializer(initial.WithValue(made.WithTriviaFrom(initial.Value))))));
        yield return Offer.Replace("Make it a 'Parameter'", root => root.ReplaceNode(field, changed));

        static ArgumentListSyntax Arguments(ExpressionSyntax value) => SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(value.WithoutTrivia())));
    }
}
