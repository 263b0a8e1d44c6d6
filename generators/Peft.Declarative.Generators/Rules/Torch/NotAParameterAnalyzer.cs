using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Finds fields of modules that hold a tensor which asks for gradients, and are no parameters.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NotAParameterAnalyzer() : TorchAnalyzer(TorchRules.NotAParameter)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types) => context.RegisterSyntaxNodeAction(node => Analyze(node, types), SyntaxKind.FieldDeclaration);

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types)
    {
        foreach (VariableDeclaratorSyntax variable in ((FieldDeclarationSyntax)context.Node).Declaration.Variables)
        {
            if (context.SemanticModel.GetDeclaredSymbol(variable, context.CancellationToken) is not IFieldSymbol { IsStatic: false } field) continue;
            if (!types.IsTensor(field.Type) || !types.IsModule(field.ContainingType)) continue;

            if (Values(variable, field).Any(value => AsksForGradients(value, context.SemanticModel, types))) context.ReportDiagnostic(Diagnostic.Create(TorchRules.NotAParameter, variable.Identifier.GetLocation(), field.Name));
        }
    }

    /// <summary>What the field is filled with in this part of its class.</summary>
    private static IEnumerable<ExpressionSyntax> Values(VariableDeclaratorSyntax variable, IFieldSymbol field)
    {
        if (variable.Initializer is { } initial) yield return initial.Value;
        if (variable.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type) yield break;

        foreach (AssignmentExpressionSyntax assignment in type.Members.OfType<ConstructorDeclarationSyntax>().SelectMany(constructor => constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>()))
        {
            string? name = assignment.Left switch { IdentifierNameSyntax simple => simple.Identifier.ValueText, MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access => access.Name.Identifier.ValueText, _ => null };
            if (name == field.Name) yield return assignment.Right;
        }
    }

    private static bool AsksForGradients(ExpressionSyntax value, SemanticModel semantics, TorchTypes types) =>
        semantics.GetOperation(value) is IInvocationOperation call
        && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, types.Torch)
        && call.Arguments.Any(argument => argument is { Parameter.Name: "requires_grad" or "requiresGrad", ArgumentKind: ArgumentKind.Explicit, Value.ConstantValue: { HasValue: true, Value: true } });
}
