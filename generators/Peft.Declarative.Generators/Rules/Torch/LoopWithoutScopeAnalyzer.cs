using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>
/// Finds training loops in whose function nothing ends the life of a step's tensors: no dispose scope, no <c>using</c>, no call that disposes or moves. Their native
/// memory is freed when the garbage collector comes by, which it has no reason to.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LoopWithoutScopeAnalyzer() : TorchAnalyzer(TorchRules.LoopWithoutScope)
{
    private static readonly HashSet<string> Ends = ["NewDisposeScope", "Dispose", "DisposeEverything", "DisposeEverythingBut", "MoveToOuterDisposeScope", "DetachFromDisposeScope", "Collect"];

    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types) =>
        context.RegisterSyntaxNodeAction(node => Analyze(node, types), SyntaxKind.ForStatement, SyntaxKind.ForEachStatement, SyntaxKind.WhileStatement, SyntaxKind.DoStatement);

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types)
    {
        SyntaxNode loop = context.Node;
        bool isInnermost = !TorchTypes.Within(loop).Any(inner => inner != loop && IsLoop(inner) && ReadBackAnalyzer.HasBackward(inner, context.SemanticModel, types));
        if (!isInnermost || TorchTypes.BodyOf(loop) is not { } body || !ReadBackAnalyzer.HasBackward(loop, context.SemanticModel, types)) return;

        bool ends = body.DescendantNodes().Any(node => node switch
        {
            InvocationExpressionSyntax call => Ends.Contains(TorchTypes.NameOf(call)),
            UsingStatementSyntax => true,
            LocalDeclarationStatementSyntax local => local.UsingKeyword.IsKind(SyntaxKind.UsingKeyword) && loop.Span.Contains(local.Span),
            _ => false,
        });
        if (ends) return;

        VariableDeclaratorSyntax? tensor = TorchTypes.Within(loop).OfType<VariableDeclaratorSyntax>()
            .FirstOrDefault(variable => variable.Initializer?.Value is InvocationExpressionSyntax or BinaryExpressionSyntax && context.SemanticModel.GetDeclaredSymbol(variable, context.CancellationToken) is ILocalSymbol local && types.IsTensor(local.Type));
        if (tensor is not null) context.ReportDiagnostic(Diagnostic.Create(TorchRules.LoopWithoutScope, loop.GetFirstToken().GetLocation(), tensor.Identifier.ValueText));
    }

    private static bool IsLoop(SyntaxNode node) => node is ForStatementSyntax or ForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax;
}
