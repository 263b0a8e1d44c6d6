using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Finds awaits inside of scopes, which TorchSharp keeps for each thread.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AwaitInScopeAnalyzer() : TorchAnalyzer(TorchRules.AwaitInScope)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types) =>
        context.RegisterSyntaxNodeAction(node => Analyze(node, types), SyntaxKind.AwaitExpression, SyntaxKind.ForEachStatement, SyntaxKind.ForEachVariableStatement);

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types)
    {
        SyntaxToken word = context.Node switch { AwaitExpressionSyntax await => await.AwaitKeyword, CommonForEachStatementSyntax loop => loop.AwaitKeyword, _ => default };
        if (!word.IsKind(SyntaxKind.AwaitKeyword)) return;

        ScopeAround? scope = ScopesAround.Of(context.Node).FirstOrDefault(around => context.SemanticModel.GetSymbolInfo(around.Call, context.CancellationToken).Symbol is IMethodSymbol method && types.IsOwn(method));
        if (scope is not null) context.ReportDiagnostic(Diagnostic.Create(TorchRules.AwaitInScope, word.GetLocation(), scope.Name));
    }
}
