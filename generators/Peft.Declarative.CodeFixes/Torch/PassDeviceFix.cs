using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.CodeFixes.Torch;

/// <summary>Makes a tensor where the input is.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class PassDeviceFix() : RuleFix(TorchRuleIds.DeviceOfInput)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || Suggestions(diagnostic) is not [var input, ..]) yield break;

        ArgumentSyntax device = SyntaxFactory.Argument(SyntaxFactory.ParseExpression($"{input}.device"))
            .WithNameColon(SyntaxFactory.NameColon("device").WithTrailingTrivia(SyntaxFactory.Space));
        if (call.ArgumentList.Arguments.Count > 0) device = device.WithLeadingTrivia(SyntaxFactory.Space);
        yield return Offer.Replace($"Pass '{input}.device'", root => root.ReplaceNode(call, call.AddArgumentListArguments(device)));
    }
}
