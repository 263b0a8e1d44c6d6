using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads what the class is besides its layers: whether it is one of a family, what it is made of, what the user wrote already.</summary>
internal static class ModelShapeReader
{
    private static readonly string[] Generated =
    [
        "Adapters", "AttachAdapters", "Evaluate", "FromConfig", "FromPretrained", "LoadAdapter", "Merge", "Plan", "SaveAdapter", "SumLoss", "Train", "Unmerge",
    ];

    internal static ModelShape Read(INamedTypeSymbol type)
    {
        bool pretrained = type.DerivesFrom(KnownNames.PretrainedModel);
        IMethodSymbol? own = ConfigConstructor(type);
        IMethodSymbol? made = pretrained && !type.IsAbstract ? own ?? ConfigConstructor(type.BaseType!) : null;
        return new ModelShape(
            pretrained,
            type.DerivesFrom(KnownNames.EncoderDecoderModel) ? 2 : 1,
            type.BaseTypesAndSelf().Any(t => t.IsTensorModule()),
            made?.Parameters[0].Type.GlobalName() ?? "",
            own is not null,
            type.BaseType is { } parent && parent.BaseTypesAndSelf().Any(t => t.GetMembers("FromPretrained").Any()),
            Generated.Where(name => type.GetMembers(name).Any(member => !member.IsImplicitlyDeclared)).ToEquatableArray());
    }

    /// <summary>The constructor that takes nothing but a config which can be loaded from a directory.</summary>
    private static IMethodSymbol? ConfigConstructor(INamedTypeSymbol type) => type.InstanceConstructors.FirstOrDefault(constructor =>
        constructor.Parameters is [{ Type: INamedTypeSymbol config }]
        && config.DerivesFrom(KnownNames.ModelConfig)
        && config.GetMembers("Load").OfType<IMethodSymbol>().Any(load => load.IsStatic && load.Parameters is [{ Type.SpecialType: SpecialType.System_String }]));
}
