using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Finds children of a module that are called by <c>forward</c>, which runs none of their hooks.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CallForwardAnalyzer() : TorchAnalyzer(TorchRules.CallForward)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types) => context.RegisterSyntaxNodeAction(node => Analyze(node, types), SyntaxKind.InvocationExpression);

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types)
    {
        if (((InvocationExpressionSyntax)context.Node).Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "forward" } access) return;
        if (context.SemanticModel.GetOperation(context.Node, context.CancellationToken) is not IInvocationOperation { Instance: { } child, TargetMethod: var forward } || !types.IsModule(child.Type)) return;

        bool isChild = child is IMemberReferenceOperation { Instance: IInstanceReferenceOperation } && types.IsModule(context.ContainingSymbol?.ContainingType);
        if (isChild && HasCall(child.Type!, forward)) context.ReportDiagnostic(Diagnostic.Create(TorchRules.CallForward, access.Name.GetLocation(), access.Expression.ToString()));
    }

    /// <summary>Whether the child has a <c>call</c> for the same inputs.</summary>
    private static bool HasCall(ITypeSymbol type, IMethodSymbol forward)
    {
        for (ITypeSymbol? at = type; at is not null; at = at.BaseType)
        {
            if (at.GetMembers("call").OfType<IMethodSymbol>().Any(call => call.DeclaredAccessibility == Accessibility.Public && Takes(call, forward))) return true;
        }

        return false;
    }

    private static bool Takes(IMethodSymbol call, IMethodSymbol forward) => call.Parameters.Length == forward.Parameters.Length
        && call.Parameters.Zip(forward.Parameters, (one, other) => SymbolEqualityComparer.Default.Equals(one.Type, other.Type)).All(same => same);
}
