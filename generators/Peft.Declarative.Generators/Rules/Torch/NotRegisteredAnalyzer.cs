using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Finds modules that a module makes for itself and registers nowhere.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NotRegisteredAnalyzer() : TorchAnalyzer(TorchRules.NotRegistered)
{
    private static readonly HashSet<string> Registers = ["RegisterComponents", "register_module", "add_module", "register_modules"];

    private protected override void Register(CompilationStartAnalysisContext context, TorchTypes types) => context.RegisterSyntaxNodeAction(node => Analyze(node, types), SyntaxKind.FieldDeclaration);

    private static void Analyze(SyntaxNodeAnalysisContext context, TorchTypes types)
    {
        foreach (VariableDeclaratorSyntax variable in ((FieldDeclarationSyntax)context.Node).Declaration.Variables)
        {
            if (context.SemanticModel.GetDeclaredSymbol(variable, context.CancellationToken) is not IFieldSymbol { IsStatic: false, ContainingType.IsAbstract: false } field) continue;   // classes that derive may register
            if (!types.IsModule(field.Type) || !types.IsModule(field.ContainingType) || MayRegister(field.ContainingType, types)) continue;

            if (IsMade(variable, field, context.SemanticModel, types)) context.ReportDiagnostic(Diagnostic.Create(TorchRules.NotRegistered, variable.Identifier.GetLocation(), field.Name, field.ContainingType.Name));
        }
    }

    /// <summary>Whether the class, or one that it derives from, speaks of registering, or is of a library that may do so.</summary>
    private static bool MayRegister(INamedTypeSymbol type, TorchTypes types)
    {
        for (INamedTypeSymbol? at = type; at is not null; at = at.BaseType)
        {
            // TorchSharp's own base class registers nothing by itself; its layers and containers do.
            if (at.DeclaringSyntaxReferences.IsEmpty) return !(at.Name is "Module" && SymbolEqualityComparer.Default.Equals(at.ContainingAssembly, types.Torch.ContainingAssembly));

            if (at.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax().DescendantNodes().OfType<SimpleNameSyntax>().Any(name => Registers.Contains(name.Identifier.ValueText)))) return true;
        }

        return true;
    }

    private static bool IsMade(VariableDeclaratorSyntax variable, IFieldSymbol field, SemanticModel semantics, TorchTypes types)
    {
        IEnumerable<ExpressionSyntax> assigned = variable.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Members
            .OfType<ConstructorDeclarationSyntax>()
            .SelectMany(constructor => constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>())
            .Where(assignment => assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == field.Name)
            .Select(assignment => assignment.Right);
        IEnumerable<ExpressionSyntax> values = variable.Initializer is { } initial ? assigned.Append(initial.Value) : assigned;
        return values.Any(value => semantics.GetOperation(value) switch
        {
            IObjectCreationOperation made => types.IsModule(made.Type),
            IConversionOperation { Operand: IObjectCreationOperation made } => types.IsModule(made.Type),
            IInvocationOperation call => IsFactory(call, types),
            IConversionOperation { Operand: IInvocationOperation call } => IsFactory(call, types),
            _ => false,
        });
    }

    private static bool IsFactory(IInvocationOperation call, TorchTypes types) => call.TargetMethod.IsStatic && types.IsOwn(call.TargetMethod) && types.IsModule(call.Type);
}
