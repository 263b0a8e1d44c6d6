using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Rules;

/// <summary>Finds errors of the compiler, so that one mistake is not reported twice.</summary>
internal sealed class CompilerErrors(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
{
    internal bool Touch(SourcePlace place, Location location)
    {
        ISymbol? symbol = place.Member.Length == 0 ? type : type.GetMembers(place.Member).FirstOrDefault();
        ITypeSymbol? declared = place.Member.Length == 0 ? null : symbol switch { IFieldSymbol field => field.Type, IPropertySymbol property => property.Type, _ => null };
        if (declared is not null && IsUnknown(declared)) return true;
        if (place.Attribute < 0) return false;
        if (symbol?.GetAttributes().ElementAtOrDefault(place.Attribute) is { AttributeConstructor: null }) return true;

        return location.SourceTree is { } tree && compilation.GetSemanticModel(tree)
            .GetDiagnostics(location.SourceSpan, cancellation)
            .Any(diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error && diagnostic.Location.SourceSpan.IntersectsWith(location.SourceSpan)
                && place.Argument.Length > 0);
    }

    private static bool IsUnknown(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Error || (type is INamedTypeSymbol named && named.TypeArguments.Any(IsUnknown)) || (type is IArrayTypeSymbol array && IsUnknown(array.ElementType));
}
