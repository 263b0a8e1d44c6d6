using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Finds tensors that are returned from inside the dispose scope that they are made in.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScopeDisposesResultAnalyzer() : TorchAnalyzer(TorchRules.ScopeDisposesResult)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types) => context.RegisterSyntaxNodeAction(node => Analyze(node, types), SyntaxKind.ReturnStatement);

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types)
    {
        if (((ReturnStatementSyntax)context.Node).Expression is not { } returned || ScopesAround.Of(context.Node).FirstOrDefault(scope => scope.Name == "NewDisposeScope") is not { } scope) return;
        if (context.SemanticModel.GetOperation(returned, context.CancellationToken) is not { } operation || !types.IsTensor(operation.Type)) return;

        bool isMade = operation is ILocalReferenceOperation { Local: var local }
            ? IsMadeInside(local, scope, context.SemanticModel, types)
            : types.MakesTensor(operation);
        if (isMade) context.ReportDiagnostic(Diagnostic.Create(TorchRules.ScopeDisposesResult, returned.GetLocation(), returned is IdentifierNameSyntax ? returned.ToString() : "The result"));
    }

    /// <summary>Whether a variable gets a new tensor inside of the scope, and all that happens to it is that it is read.</summary>
    private static bool IsMadeInside(ILocalSymbol local, ScopeAround scope, SemanticModel semantics, TorchTypes types)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: { } value } variable) return false;
        if (!scope.Covers(variable) || !types.MakesTensor(semantics.GetOperation(value)) || TorchTypes.BodyOf(variable) is not { } body) return false;

        // Given to anything else than an operator, it may have been kept, moved or detached there.
        return body.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.ValueText == local.Name && name.Parent is not ReturnStatementSyntax)
            .All(name => name.Parent is BinaryExpressionSyntax || (name.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && semantics.GetSymbolInfo(call).Symbol is IMethodSymbol method && SymbolEqualityComparer.Default.Equals(method.ContainingType, types.Torch)));
    }
}
