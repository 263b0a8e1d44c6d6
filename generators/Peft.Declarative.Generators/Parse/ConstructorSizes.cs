using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Reads kinds and sizes of a user's layers from the expressions that initialize its fields: initializers, and assignments in constructors. Only
/// constants are evaluated; everything else is left to the run time.
/// </summary>
internal sealed class ConstructorSizes(Compilation compilation, CancellationToken cancellation)
{
    internal LayerSizes Of(ISymbol member)
    {
        foreach (ExpressionSyntax value in ValuesOf(member))
        {
            SemanticModel semantics = compilation.GetSemanticModel(value.SyntaxTree);
            if (Describe(value, semantics) is { } sizes) return sizes;
        }

        return LayerSizes.Unknown;
    }

    private IEnumerable<ExpressionSyntax> ValuesOf(ISymbol member)
    {
        foreach (SyntaxReference reference in member.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: var initial }) yield return initial;
            if (reference.GetSyntax(cancellation) is PropertyDeclarationSyntax { Initializer.Value: var given }) yield return given;
        }

        foreach (SyntaxReference reference in member.ContainingType.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is not TypeDeclarationSyntax declaration) continue;

            IEnumerable<AssignmentExpressionSyntax> assignments = declaration.Members
                .OfType<ConstructorDeclarationSyntax>()
                .SelectMany(constructor => constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>());
            foreach (AssignmentExpressionSyntax assignment in assignments)
            {
                if (NameOf(assignment.Left) == member.Name) yield return assignment.Right;
            }
        }
    }

    private static string? NameOf(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var name } => name.Identifier.ValueText,
        _ => null,
    };

    private LayerSizes? Describe(ExpressionSyntax value, SemanticModel semantics)
    {
        if (semantics.GetSymbolInfo(value, cancellation).Symbol is not IMethodSymbol method) return null;

        ITypeSymbol made = method.MethodKind == MethodKind.Constructor ? method.ContainingType : method.ReturnType;
        ArgumentListSyntax? arguments = value switch
        {
            InvocationExpressionSyntax call => call.ArgumentList,
            BaseObjectCreationExpressionSyntax creation => creation.ArgumentList,
            _ => null,
        };
        string First(int index) => Constant(arguments, method, index, semantics);

        return made.Name switch
        {
            "Linear" => new LayerSizes(LayerKind.Linear, First(1), First(0), Flag(arguments, method, semantics)),
            "Conv1D" => new LayerSizes(LayerKind.Conv1D, First(1), First(0), "true"),
            "Embedding" => new LayerSizes(LayerKind.Embedding, First(0), First(1), "false"),
            "LayerNorm" => new LayerSizes(LayerKind.Norm, First(0), "", "true"),
            "RmsNorm" => new LayerSizes(LayerKind.Norm, First(0), "", "false"),
            _ => made.IsModule() && !made.IsTensorModule() ? new LayerSizes(LayerKind.Other, "", "", "") : null,
        };
    }

    private static string Flag(ArgumentListSyntax? arguments, IMethodSymbol method, SemanticModel semantics)
    {
        IParameterSymbol? parameter = method.Parameters.FirstOrDefault(p => p.Name == "hasBias");
        if (parameter is null) return "";

        string given = Constant(arguments, method, parameter.Ordinal, semantics);
        return given.Length > 0 ? given : parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: false } ? "false" : "true";
    }

    /// <summary>Gets the constant argument of a parameter as text; empty if it is not constant.</summary>
    private static string Constant(ArgumentListSyntax? arguments, IMethodSymbol method, int ordinal, SemanticModel semantics)
    {
        if (arguments is null || ordinal >= method.Parameters.Length) return "";

        string name = method.Parameters[ordinal].Name;
        ArgumentSyntax? argument = arguments.Arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name)
            ?? arguments.Arguments.Where((a, i) => a.NameColon is null && i == ordinal).FirstOrDefault();
        return argument is null ? "" : semantics.GetConstantValue(argument.Expression).Value switch
        {
            int number => number.ToString(CultureInfo.InvariantCulture),
            long number => number.ToString(CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            _ => "",
        };
    }
}

/// <summary>
/// The kind and sizes of a layer in an expression such as <c>Linear(768, 128, hasBias: false)</c>. Sizes are empty if they are not constant.
/// </summary>
internal sealed record LayerSizes(LayerKind Kind, string Output, string Input, string Bias)
{
    /// <summary>A layer of which nothing is known. It counts as linear, which AttachAdapters checks.</summary>
    internal static LayerSizes Unknown { get; } = new(LayerKind.Linear, "", "", "");
}
