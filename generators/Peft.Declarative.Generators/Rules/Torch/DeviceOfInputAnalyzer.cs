using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Finds tensors that <c>forward</c> makes without saying where: they are on the CPU, also when the input is not.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeviceOfInputAnalyzer() : TorchAnalyzer(TorchRules.DeviceOfInput)
{
    private static readonly HashSet<string> Factories =
        ["zeros", "ones", "empty", "full", "arange", "rand", "randn", "randint", "randperm", "linspace", "logspace", "eye", "tril_indices", "triu_indices"];

    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types) => context.RegisterSyntaxNodeAction(node => Analyze(node, types), SyntaxKind.InvocationExpression);

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types)
    {
        var made = (InvocationExpressionSyntax)context.Node;
        if (!Factories.Contains(TorchTypes.NameOf(made)) || made.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { Identifier.ValueText: "forward" } forward) return;
        if (context.SemanticModel.GetOperation(made, context.CancellationToken) is not IInvocationOperation call || !SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, types.Torch)) return;
        if (!call.Arguments.Any(argument => argument is { ArgumentKind: ArgumentKind.DefaultValue, Parameter.Name: "device" }) || IsMoved(made, context.SemanticModel)) return;
        if (context.SemanticModel.GetDeclaredSymbol(forward, context.CancellationToken) is not { } method || !types.IsModule(method.ContainingType)) return;

        // With several inputs the first is as good as any: they have to be in one place.
        if (method.Parameters.FirstOrDefault(parameter => types.IsTensor(parameter.Type)) is not { } input) return;
        ImmutableDictionary<string, string?> facts = ImmutableDictionary<string, string?>.Empty.Add(FixFacts.Suggestions, input.Name);
        context.ReportDiagnostic(Diagnostic.Create(TorchRules.DeviceOfInput, made.GetLocation(), facts, TorchTypes.NameOf(made), input.Name));
    }

    /// <summary>Whether the tensor is moved, at once or through its variable.</summary>
    private static bool IsMoved(InvocationExpressionSyntax made, SemanticModel semantics)
    {
        ExpressionSyntax whole = made;
        while (whole.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax next } access && access.Expression == whole)
        {
            if (Moves(access.Name)) return true;
            whole = next;
        }

        if (whole.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } || TorchTypes.BodyOf(made) is not { } body) return false;

        return body.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            .Any(access => Moves(access.Name) && access.Expression is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Identifier.ValueText);
    }

    private static bool Moves(SimpleNameSyntax name) => name.Identifier.ValueText is "to" or "cuda" or "cpu";
}
