using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Finds the layers of a model in its types: properties marked [Slot] in families, fields in modules of the user's own; lists of blocks and
/// sub-modules are followed.
/// </summary>
internal sealed class ModuleTree
{
    // Deeper than any model; a module that contains its own type would otherwise never end.
    private const int DeepestLevel = 12;

    private readonly INamedTypeSymbol model;
    private readonly Compilation compilation;
    private readonly ConstructorSizes sizes;
    private readonly List<TreeLayer> layers = [];
    private readonly List<TreeSublayer> slots = [];
    private readonly List<BlockListSpec> lists = [];

    // Names of declarations, in the order of SublayerKind.
    private static readonly string[] Sublayers = ["attention", "cross_attention", "mlp"];

    private ModuleTree(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        this.model = model;
        this.compilation = compilation;
        sizes = new ConstructorSizes(compilation, cancellation);
    }

    internal static ModuleTreeSpec Read(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        var tree = new ModuleTree(model, compilation, cancellation);
        tree.Descend(model, new Spot("", "", SlotObstacle.None, 0));
        return new ModuleTreeSpec(
            tree.layers.ToEquatableArray(),
            tree.lists.ToEquatableArray(),
            DefaultTargets(model).ToEquatableArray(),
            FamilyText(model, KnownNames.TrainedHead, 0),
            FamilyText(model, KnownNames.KeyValueSize, 0),
            FamilyText(model, KnownNames.KeyValueSize, 1))
        {
            SublayerSlots = tree.slots.ToEquatableArray(),
            SizeOutsideSlots = FamilyText(model, KnownNames.SizeOutsideSlots, 0),
            Attentions = Attentions(model).ToEquatableArray(),
        };
    }

    /// <summary>Those of the class itself first, as at run time.</summary>
    private static IEnumerable<DefaultTargetsSpec> DefaultTargets(INamedTypeSymbol model)
    {
        IEnumerable<AttributeData> declared = model.BaseTypesAndSelf()
            .SelectMany(type => type.GetAttributes())
            .Where(attribute => attribute.AttributeClass?.Is(KnownNames.DefaultTargets) == true);
        foreach (AttributeData attribute in declared)
        {
            if (attribute.ConstructorArguments is not [{ Kind: TypedConstantKind.Array } names, ..]) continue;
            yield return new DefaultTargetsSpec(Text(attribute, "For"), names.Values.Select(name => name.Value).OfType<string>().ToEquatableArray());
        }
    }

    /// <summary>An argument of the nearest attribute of a kind on the class or its families; empty if there is none.</summary>
    private static IEnumerable<AttentionSpec> Attentions(INamedTypeSymbol model) => model.BaseTypesAndSelf()
        .Select(type => type.GetAttributes().Where(attribute => attribute.AttributeClass?.Is(KnownNames.AttentionSize) == true).ToList())
        .FirstOrDefault(kinds => kinds.Count > 0)?
        .Select(kind => new AttentionSpec(Argument(kind, 0), Argument(kind, 1))) ?? [];

    private static string Argument(AttributeData attribute, int index) => attribute.ConstructorArguments.ElementAtOrDefault(index).Value as string ?? "";

    private static string FamilyText(INamedTypeSymbol model, string attribute, int argument) => model.BaseTypesAndSelf()
        .Select(type => type.Attribute(attribute))
        .FirstOrDefault(found => found is not null)?.ConstructorArguments.ElementAtOrDefault(argument).Value as string ?? "";

    /// <summary>A module on the way down: its paths, and whether it can be reached.</summary>
    private sealed record Spot(string Path, string Access, SlotObstacle Obstacle, int Depth)
    {
        internal Spot Below(string name, string member, SlotObstacle obstacle) =>
            new(Join(Path, name), Join(Access, member), Obstacle == SlotObstacle.None ? obstacle : Obstacle, Depth + 1);

        private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;
    }

    private void Descend(INamedTypeSymbol module, Spot spot)
    {
        if (spot.Depth > DeepestLevel) return;

        // Base classes first: that is the order in which their constructors register children.
        foreach (INamedTypeSymbol type in module.BaseTypesAndSelf().Reverse().Where(IsOurs))
        {
            foreach (ISymbol member in type.GetMembers().Where(member => !member.IsStatic))
            {
                if (member is IPropertySymbol property) Visit(property, spot);
                else if (member is IFieldSymbol { AssociatedSymbol: null } field) Visit(field, spot);
            }
        }
    }

    private void Visit(IPropertySymbol property, Spot spot)
    {
        if (property.Attribute(KnownNames.Slot) is { } slot)
        {
            SlotObstacle obstacle = property.SetMethod is null || !Reaches(property.SetMethod) ? SlotObstacle.Hidden : Fit(property.Type);
            Add(property, property.Type, spot.Below(property.Name, Name(property), obstacle), FromSlot(slot), SlotForm.Property, Text(slot, "TiedBy"), Text(slot, "When"));
        }
        else if (property.Attribute(KnownNames.Sublayer) is { ConstructorArguments: [{ Value: int kind }, { Value: string width }] })
        {
            Spot place = spot.Below(property.Name, Name(property), Reach(property));
            var layer = new TreeLayer(
                place.Path, place.Access, LayerKind.Other, width, "", "", "", SlotForm.SublayerSlot, place.Obstacle, property.Type.Name, property.ContainingType.MetadataPath());
            slots.Add(new TreeSublayer(layer, Sublayers[kind]));
        }
        else if (property.Attribute(KnownNames.Blocks) is { } blocks && ElementOf(property.Type) is { } block)
        {
            DescendList(property, property.Name, block, spot, blocks.ConstructorArguments is [{ Value: string field }, ..] ? field : "");
        }
        else if (property.GetMethod is { DeclaredAccessibility: Accessibility.Public } && property.Type is INamedTypeSymbol child && HasLayers(child))
        {
            Descend(child, spot.Below(ComponentName(property), Name(property), Reach(property)));
        }
    }

    private void Visit(IFieldSymbol field, Spot spot)
    {
        // The backing fields of our own layers' properties are found through the properties.
        if (field.ContainingType.GetMembers().OfType<IPropertySymbol>().Any(property => property.Attribute(KnownNames.Slot) is not null)) return;

        string name = ComponentName(field);
        if (field.Type.IsTensorModule() || IsStockLayer(field.Type))
        {
            SlotObstacle obstacle = Fit(field.Type) is var fit and not SlotObstacle.None ? fit : field.IsReadOnly ? SlotObstacle.ReadOnly : Reach(field);
            Add(field, field.Type, spot.Below(name, Name(field), obstacle), Named(sizes.Of(field), field.Type, name), SlotForm.Field, "");
        }
        else if (ElementOf(field.Type) is { } element)
        {
            if (IsOurs(element)) DescendList(field, name, element, spot, "");
        }
        else if (field.Type is INamedTypeSymbol child && child.IsModule())
        {
            if (IsOurs(child) && HasLayers(child)) Descend(child, spot.Below(name, Name(field), Reach(field)));
            else Add(field, field.Type, spot.Below(name, Name(field), SlotObstacle.OtherType), new(LayerKind.Other, "", "", ""), SlotForm.Field, "");
        }
    }

    private void DescendList(ISymbol member, string name, INamedTypeSymbol block, Spot spot, string count)
    {
        Spot list = spot.Below(name, Name(member), Reach(member));
        lists.Add(new BlockListSpec(list.Path, count));
        Descend(block, list.Below("*", "*", SlotObstacle.None));
    }

    /// <summary>The member's part of checkpoint names, which TorchSharp's attribute may set apart from its C# name.</summary>
    private static string ComponentName(ISymbol member) =>
        member.Attribute(KnownNames.ComponentName) is { } attribute && Text(attribute, "Name") is { Length: > 0 } name ? name : member.Name;

    private void Add(ISymbol member, ITypeSymbol type, Spot spot, LayerSizes layer, SlotForm form, string tiedBy, string when = "") =>
        layers.Add(new TreeLayer(
            spot.Path, spot.Access, layer.Kind, layer.Output, layer.Input, layer.Bias, tiedBy, form, spot.Obstacle, type.Name, member.ContainingType.MetadataPath())
        {
            When = when,
            IsNullable = type.NullableAnnotation == NullableAnnotation.Annotated,
        });

    private SlotObstacle Reach(ISymbol member) => Reaches(member) ? SlotObstacle.None : SlotObstacle.Hidden;

    private bool Reaches(ISymbol member) => compilation.IsSymbolAccessibleWithin(member, model);

    private static SlotObstacle Fit(ITypeSymbol type) =>
        type.IsTensorModule() ? SlotObstacle.None : type.IsSealed ? SlotObstacle.SealedType : SlotObstacle.OtherType;

    private bool HasLayers(INamedTypeSymbol type) =>
        type.IsModule() && IsOurs(type) && type.BaseTypesAndSelf().Where(IsOurs).SelectMany(t => t.GetMembers()).Any(member => member switch
        {
            IPropertySymbol property => property.Attribute(KnownNames.Slot) is not null || property.Attribute(KnownNames.Blocks) is not null
                || (property.Type is INamedTypeSymbol child && IsOurs(child) && !child.IsTensorModule()),
            IFieldSymbol { IsStatic: false, AssociatedSymbol: null } field => field.Type.IsModule() || ElementOf(field.Type) is not null,
            _ => false,
        });

    /// <summary>TorchSharp's own modules are leaves; everything else that is a module may have layers of interest.</summary>
    private static bool IsOurs(INamedTypeSymbol type) =>
        !type.IsStock() && type.IsModule();

    private static bool IsStockLayer(ITypeSymbol type) =>
        type.ContainingNamespace?.ToDisplayString() == KnownNames.TorchModules && type.Name is "Linear" or "Embedding" or "LayerNorm";

    /// <summary>Element type of a list of modules: an array, a ModuleList, a BlockList, or any other collection.</summary>
    private static INamedTypeSymbol? ElementOf(ITypeSymbol type)
    {
        ITypeSymbol? element = type switch
        {
            IArrayTypeSymbol array => array.ElementType,
            INamedTypeSymbol { SpecialType: not SpecialType.System_String } named => named.AllInterfaces
                .Concat([named])
                .FirstOrDefault(i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)?.TypeArguments[0],
            _ => null,
        };
        return element is INamedTypeSymbol module && module.IsModule() ? module : null;
    }

    private static LayerSizes FromSlot(AttributeData slot)
    {
        string Argument(int index) => slot.ConstructorArguments.Length > index ? slot.ConstructorArguments[index].Value as string ?? "" : "";
        object? kind = slot.NamedArguments.FirstOrDefault(a => a.Key == "Kind").Value.Value;
        string bias = Text(slot, "Bias");
        return new LayerSizes(kind is int value ? (LayerKind)value : LayerKind.Linear, Argument(0), Argument(1), bias.Length > 0 ? bias : "false");
    }

    /// <summary>In a user's own module the type of a field may tell the kind, and the usual name of the output head what nothing else does.</summary>
    private static LayerSizes Named(LayerSizes found, ITypeSymbol type, string name) => found with
    {
        Kind = type.Name switch
        {
            "Embedding" => LayerKind.Embedding,
            "LayerNorm" => LayerKind.Norm,
            _ when found.Kind == LayerKind.Linear && name == "lm_head" => LayerKind.Head,
            _ => found.Kind,
        },
    };

    private static string Text(AttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value as string ?? "";

    private static string Name(ISymbol member) =>
        SyntaxFacts.GetKeywordKind(member.Name) == SyntaxKind.None ? member.Name : "@" + member.Name;
}
