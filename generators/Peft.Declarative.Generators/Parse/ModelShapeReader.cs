using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Reads the properties of the class besides its layers: whether it belongs to a family, its config, and members that the user wrote.
/// </summary>
internal static class ModelShapeReader
{
    private static readonly string[] FieldNames = ["_adapters", "_adapterSet", "_declaredAdapters", "_peftAdapters"];

    internal static ModelShape Read(INamedTypeSymbol type)
    {
        bool pretrained = type.DerivesFrom(KnownNames.PretrainedModel);
        IMethodSymbol? own = ConfigConstructor(type);
        IMethodSymbol? made = pretrained ? type.BaseTypesAndSelf().Select(ConfigConstructor).FirstOrDefault(constructor => constructor is not null) : null;
        bool otherPrimary = ClassChecks.HasOtherPrimaryConstructor(type, own is not null);
        List<string> written = GeneratedMembers.Written(type, pretrained).ToList();
        List<string> clashing = GeneratedMembers.Clashing(type, pretrained).ToList();
        List<string> required = own is not null && own.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "SetsRequiredMembersAttribute")
            ? []
            : ClassChecks.RequiredMembers(type).ToList();
        return new ModelShape(
            pretrained,
            type.DerivesFrom(KnownNames.EncoderDecoderModel) ? 2 : 1,
            type.BaseTypesAndSelf().Any(t => t.IsTensorModule()),
            made?.Parameters[0].Type.GlobalName() ?? "",
            own is not null,
            type.BaseType is { } parent && parent.BaseTypesAndSelf().Any(t => t.GetMembers("FromPretrained").Any()),
            written.Concat(clashing).ToEquatableArray())
        {
            ClashingMembers = clashing.ToEquatableArray(),
            RequiredMembers = required.ToEquatableArray(),
            WritesConstructor = own is null && !otherPrimary,
            CanConstruct = !type.IsAbstract && !otherPrimary && required.Count == 0,
            IsSealed = type.IsSealed,
            ConstructorOnly = pretrained && ClassChecks.AdaptedParent(type) is not null,
            AdaptersField = FieldNames.First(name => name == FieldNames[FieldNames.Length - 1] || type.GetMembers(name).All(member => member.IsGenerated())),
        };
    }

    /// <summary>Gets the constructor whose only parameter is a config that can be loaded from a directory.</summary>
    private static IMethodSymbol? ConfigConstructor(INamedTypeSymbol type) => type.InstanceConstructors.FirstOrDefault(constructor =>
        !constructor.IsGenerated()
        && constructor.Parameters is [{ Type: INamedTypeSymbol config }]
        && config.DerivesFrom(KnownNames.ModelConfig)
        && config.GetMembers("Load").OfType<IMethodSymbol>().Any(load => load.IsStatic && load.Parameters is [{ Type.SpecialType: SpecialType.System_String }]));
}
