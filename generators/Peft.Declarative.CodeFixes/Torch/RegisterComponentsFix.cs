using Microsoft.CodeAnalysis.Formatting;
using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.CodeFixes.Torch;

/// <summary>Registers the children of a module at the end of its constructors.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RegisterComponentsFix() : RuleFix(TorchRuleIds.NotRegistered)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        List<ConstructorDeclarationSyntax> constructors = node.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Members.OfType<ConstructorDeclarationSyntax>()
            .Where(constructor => constructor is { Body: not null, Initializer: not { ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword } }).ToList() ?? [];
        if (constructors.Count == 0) yield break;

        StatementSyntax register = SyntaxFactory.ParseStatement("RegisterComponents();").WithAdditionalAnnotations(Formatter.Annotation)
            .WithTrailingTrivia(Lines.EndOf(constructors[0].Body!.OpenBraceToken.TrailingTrivia));
        yield return Offer.Replace("Call RegisterComponents()", root => root.ReplaceNodes(constructors, (_, constructor) => constructor.WithBody(constructor.Body!.AddStatements(register))));
    }
}
