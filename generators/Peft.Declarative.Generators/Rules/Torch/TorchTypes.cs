using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>The types of TorchSharp that its rules ask for.</summary>
internal sealed class TorchTypes
{
    private readonly INamedTypeSymbol _module;

    private TorchTypes(INamedTypeSymbol torch, INamedTypeSymbol tensor, INamedTypeSymbol module) => (Torch, Tensor, _module) = (torch, tensor, module);

    /// <summary>The class of all operators.</summary>
    internal INamedTypeSymbol Torch { get; }

    internal INamedTypeSymbol Tensor { get; }

    /// <summary>The types; null in a project without TorchSharp.</summary>
    internal static TorchTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("TorchSharp.torch") is { } torch
        && compilation.GetTypeByMetadataName("TorchSharp.torch+Tensor") is { } tensor
        && compilation.GetTypeByMetadataName("TorchSharp.torch+nn+Module") is { } module
            ? new TorchTypes(torch, tensor, module)
            : null;

    internal bool IsTensor(ITypeSymbol? type) => SymbolEqualityComparer.Default.Equals(type, Tensor);

    internal bool IsModule(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type, _module)) return true;
        }

        return false;
    }

    /// <summary>Whether a method is TorchSharp's own.</summary>
    internal bool IsOwn(IMethodSymbol method) => SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, Torch.ContainingAssembly);

    /// <summary>Whether an operation makes a tensor that nothing else has: an operator or a method of TorchSharp that gives a new one.</summary>
    internal bool MakesTensor(IOperation? operation) => operation switch
    {
        IBinaryOperation { OperatorMethod: { } method } => IsTensor(operation.Type) && IsOwn(method),
        IUnaryOperation { OperatorMethod: { } method } => IsTensor(operation.Type) && IsOwn(method),
        IInvocationOperation call => IsTensor(call.Type) && IsOwn(call.TargetMethod) && GivesNew(call.TargetMethod),
        _ => false,
    };

    // What ends in an underscore works in place; 'to' and the like may give the tensor itself; what a module gives, it may have kept.
    private bool GivesNew(IMethodSymbol method) => !IsModule(method.ContainingType)
        && !method.Name.EndsWith("_", StringComparison.Ordinal)
        && method.Name is not ("to" or "cpu" or "cuda" or "type" or "contiguous" or "DetachFromDisposeScope" or "MoveToOuterDisposeScope" or "MoveToOtherDisposeScope" or "invoke" or "forward" or "call");

    /// <summary>The member, accessor, local function or lambda that a node is in.</summary>
    internal static SyntaxNode? BodyOf(SyntaxNode node) => node.Ancestors().FirstOrDefault(IsBody);

    /// <summary>The nodes of a body, without those of functions inside of it.</summary>
    internal static IEnumerable<SyntaxNode> Within(SyntaxNode body) => body.DescendantNodes(inner => inner == body || !IsBody(inner));

    /// <summary>The name under which something is called: <c>no_grad</c> in <c>torch.no_grad()</c>.</summary>
    internal static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        _ => "",
    };

    private static bool IsBody(SyntaxNode node) => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax
        or PropertyDeclarationSyntax or BaseFieldDeclarationSyntax or CompilationUnitSyntax;
}
