using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.CodeFixes.Torch;

/// <summary>Calls a child so that its hooks run.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class CallChildFix() : RuleFix(TorchRuleIds.CallForward)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node is IdentifierNameSyntax name) yield return Offer.Replace("Use 'call'", root => root.ReplaceNode(name, SyntaxFactory.IdentifierName("call").WithTriviaFrom(name)));
    }
}
