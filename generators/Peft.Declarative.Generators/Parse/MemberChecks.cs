using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Finds attributes on members that can hold no layer of a model, whatever the layer.</summary>
internal static class MemberChecks
{
    /// <summary>Whether an adapter can be where its attribute is; reports if not.</summary>
    internal static bool HoldsLayers(AttributeReader adapter, INamedTypeSymbol model, ParseContext context)
    {
        string name = adapter.Place.Member;
        if (name.Length == 0 || model.GetMembers(name).FirstOrDefault() is not { } member) return true;
        if (member switch { IFieldSymbol field => field.Type, IPropertySymbol property => property.Type, _ => null } is not { TypeKind: not TypeKind.Error } type) return true;

        if (member.IsStatic)
        {
            context.Report(RuleIds.SealedField, RuleTexts.StaticMember(name, adapter.Name), SourcePlace.NameOf(name));
            return false;
        }

        if (ModuleTree.ModuleOf(type) is not null) return true;

        string written = type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        context.Report(RuleIds.SealedField, RuleTexts.NoLayer(name, written, adapter.Name), SourcePlace.TypeOf(model.MetadataPath(), name));
        return false;
    }
}
