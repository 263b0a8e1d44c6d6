using Microsoft.CodeAnalysis.Simplification;

namespace Peft.Declarative.CodeFixes;

/// <summary>Changes the type of a field to one that can hold an adapter, and removes 'readonly'.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class UseModuleTypeFix() : RuleFix(RuleIds.SealedField)
{
    private const string Slot = "global::TorchSharp.torch.nn.Module<global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor>";

    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<FieldDeclarationSyntax>() is not { } field) yield break;

        bool isReadOnly = field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword);
        bool isSlot = field.Declaration.Type is GenericNameSyntax or QualifiedNameSyntax { Right: GenericNameSyntax };
        string title = isSlot ? "Remove 'readonly'" : "Declare as 'Module<Tensor, Tensor>'";
        if (isSlot && !isReadOnly) yield break;

        yield return Offer.Replace(title, root => root.ReplaceNode(field, Change(field, isSlot)));
    }

    private static FieldDeclarationSyntax Change(FieldDeclarationSyntax field, bool keepType)
    {
        if (!keepType)
        {
            TypeSyntax type = SyntaxFactory.ParseTypeName(Slot).WithTriviaFrom(field.Declaration.Type).WithAdditionalAnnotations(Simplifier.Annotation);
            field = field.WithDeclaration(field.Declaration.WithType(type));
        }

        SyntaxToken word = field.Modifiers.FirstOrDefault(modifier => modifier.IsKind(SyntaxKind.ReadOnlyKeyword));
        if (word == default) return field;

        SyntaxTriviaList leading = field.GetLeadingTrivia();
        return field.WithModifiers(field.Modifiers.Remove(word)).WithLeadingTrivia(leading);
    }
}
