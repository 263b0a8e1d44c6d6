using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Finds values that a loop with a backward pass reads back in each of its steps, for which the program waits until the device is done.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReadBackAnalyzer() : TorchAnalyzer(TorchRules.ReadBack)
{
    private static readonly HashSet<string> Reads =
        ["item", "cpu", "data", "ToSingle", "ToDouble", "ToInt32", "ToInt64", "ToBoolean", "ToHalf", "ToByte", "ToInt16"];

    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types) => context.RegisterSyntaxNodeAction(node => Analyze(node, types), SyntaxKind.InvocationExpression);

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types)
    {
        var read = (InvocationExpressionSyntax)context.Node;
        if (!Reads.Contains(TorchTypes.NameOf(read)) || StepAround(read) is not { } step || !HasBackward(step, context.SemanticModel, types)) return;
        if (context.SemanticModel.GetOperation(read, context.CancellationToken) is not IInvocationOperation call || !types.IsOwn(call.TargetMethod)) return;

        ITypeSymbol? receiver = (call.Instance ?? call.Arguments.FirstOrDefault()?.Value)?.Type;
        if (types.IsTensor(receiver)) context.ReportDiagnostic(Diagnostic.Create(TorchRules.ReadBack, read.GetLocation(), TorchTypes.NameOf(read)));
    }

    /// <summary>The innermost loop whose every round comes by; null if there is none, or a condition is on the way.</summary>
    private static SyntaxNode? StepAround(SyntaxNode node)
    {
        for (SyntaxNode? at = node.Parent; at is not null; at = at.Parent)
        {
            if (at is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax) return at;
            if (MayBePassedOver(at)) return null;
        }

        return null;
    }

    private static bool MayBePassedOver(SyntaxNode node) => node is IfStatementSyntax or ElseClauseSyntax or SwitchSectionSyntax or SwitchExpressionArmSyntax or ConditionalExpressionSyntax
        or ConditionalAccessExpressionSyntax or CatchClauseSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax;

    internal static bool HasBackward(SyntaxNode loop, SemanticModel semantics, TorchTypes types) => TorchTypes.Within(loop)
        .OfType<InvocationExpressionSyntax>()
        .Any(call => TorchTypes.NameOf(call) == "backward" && semantics.GetSymbolInfo(call).Symbol is IMethodSymbol method && types.IsOwn(method));
}
