using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Finds scalars that are handed to a script and that nothing holds meanwhile.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScalarNotKeptAnalyzer() : TorchAnalyzer(TorchRules.ScalarNotKept)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types)
    {
        if (context.Compilation.GetTypeByMetadataName("TorchSharp.Scalar") is { } scalar) context.RegisterSyntaxNodeAction(node => Analyze(node, types, scalar), SyntaxKind.InvocationExpression);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types, INamedTypeSymbol scalar)
    {
        var invoked = (InvocationExpressionSyntax)context.Node;
        if (TorchTypes.NameOf(invoked) != "invoke" || context.SemanticModel.GetSymbolInfo(invoked, context.CancellationToken).Symbol is not IMethodSymbol method || !types.IsOwn(method)) return;

        foreach (ExpressionSyntax given in invoked.ArgumentList.Arguments.Select(argument => argument.Expression))
        {
            if (!SymbolEqualityComparer.Default.Equals(context.SemanticModel.GetTypeInfo(given, context.CancellationToken).Type, scalar)) continue;
            if (!IsKept(given, invoked, context.SemanticModel, types)) context.ReportDiagnostic(Diagnostic.Create(TorchRules.ScalarNotKept, given.GetLocation(), given.ToString()));
        }
    }

    private static bool IsKept(ExpressionSyntax given, InvocationExpressionSyntax call, SemanticModel semantics, TorchTypes types)
    {
        if (semantics.GetSymbolInfo(given).Symbol is not { } symbol || given is CastExpressionSyntax or ObjectCreationExpressionSyntax) return false;
        if (symbol is IMethodSymbol made) return !types.IsOwn(made);   // a method of the user's may keep what it makes
        if (symbol is not ILocalSymbol { IsUsing: false } local || TorchTypes.BodyOf(call) is not { } body) return true;   // whoever has the field or the parameter holds it

        return body.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == local.Name && name.SpanStart > call.Span.End);
    }
}
