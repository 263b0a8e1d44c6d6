using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Finds the layers of a model in its types: properties marked [Slot] in families, fields in a user's own modules. It follows lists of blocks and
/// submodules.
/// </summary>
internal sealed class ModuleTree
{
    // Deeper than any model. A module that contains its own type would otherwise never end.
    private const int DeepestLevel = 12;

    private readonly INamedTypeSymbol _model;
    private readonly Compilation _compilation;
    private readonly ConstructorSizes _sizes;
    private readonly List<TreeLayer> _layers = [];
    private readonly List<TreeSublayer> _slots = [];
    private readonly List<BlockListSpec> _lists = [];

    private ModuleTree(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        _model = model;
        _compilation = compilation;
        _sizes = new ConstructorSizes(compilation, cancellation);
    }

    internal static ModuleTreeSpec Read(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        var tree = new ModuleTree(model, compilation, cancellation);
        tree.Descend(model, new TreePosition("", "", SlotObstacle.None, 0));
        return new ModuleTreeSpec(
            tree._layers.ToEquatableArray(),
            tree._lists.ToEquatableArray(),
            All<DefaultTargetsAttribute>(model).Select(targets => new DefaultTargetsSpec(targets.Group, targets.Names.ToEquatableArray())).ToEquatableArray(),
            Nearest<TrainedHeadAttribute>(model)?.Name ?? "",
            Nearest<KeyValueSizeAttribute>(model)?.Blocks ?? "",
            Nearest<KeyValueSizeAttribute>(model)?.Width ?? "")
        {
            SublayerSlots = tree._slots.ToEquatableArray(),
            ModelTypes = (Nearest<ModelTypesAttribute>(model)?.Types ?? []).ToEquatableArray(),
            SizeOutsideSlots = Nearest<SizeOutsideSlotsAttribute>(model)?.Size ?? "",
            Attentions = Attentions(model).Select(kind => new AttentionSpec(kind.Blocks, kind.Width)).ToEquatableArray(),
            ConfigDefaults = All<ConfigDefaultAttribute>(model).Select(usual => new ConfigDefaultSpec(usual.Field, usual.Value, usual.When)).ToEquatableArray(),
        };
    }

    /// <summary>Those of the class itself first, as at run time.</summary>
    private static IEnumerable<T> All<T>(INamedTypeSymbol model)
        where T : Attribute => model.BaseTypesAndSelf().SelectMany(type => type.Attributes<T>());

    private static T? Nearest<T>(INamedTypeSymbol model)
        where T : Attribute => All<T>(model).FirstOrDefault();

    private static IEnumerable<AttentionSizeAttribute> Attentions(INamedTypeSymbol model) => model.BaseTypesAndSelf()
        .Select(type => type.Attributes<AttentionSizeAttribute>().ToList())
        .FirstOrDefault(kinds => kinds.Count > 0) ?? [];

    /// <summary>A module during the search: its paths, and whether it is accessible.</summary>
    private sealed record TreePosition(string Path, string Access, SlotObstacle Obstacle, int Depth)
    {
        /// <summary>The member that the model cannot reach; <see langword="null"/> if it reaches all.</summary>
        internal SourcePlace? Hidden { get; private init; }

        internal TreePosition Below(string name, string access, SlotObstacle obstacle, ISymbol? member = null) =>
            new(Join(Path, name), Join(Access, access), Obstacle == SlotObstacle.None ? obstacle : Obstacle, Depth + 1)
            {
                Hidden = Obstacle == SlotObstacle.None && obstacle == SlotObstacle.Hidden && member is not null ? SourcePlace.TypeOf(member.ContainingType.MetadataPath(), member.Name) : Hidden,
            };

        private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;
    }

    private void Descend(INamedTypeSymbol module, TreePosition position)
    {
        if (position.Depth > DeepestLevel) return;

        // Base classes first, because that is the order in which their constructors register children.
        foreach (INamedTypeSymbol type in module.BaseTypesAndSelf().Reverse().Where(IsOurs))
        {
            foreach (ISymbol member in type.GetMembers().Where(member => !member.IsStatic))
            {
                if (member is IPropertySymbol property) Visit(property, position);
                else if (member is IFieldSymbol { AssociatedSymbol: null } field) Visit(field, position);
            }
        }
    }

    private void Visit(IPropertySymbol property, TreePosition position)
    {
        if (property.Attribute<SlotAttribute>() is { } slot)
        {
            SlotObstacle obstacle = property.SetMethod is null || !Reaches(property.SetMethod) ? SlotObstacle.Hidden : Fit(property.Type);
            Add(property, property.Type, position.Below(property.Name, Name(property), obstacle, property), new(slot.Kind, slot.Output, slot.Input, slot.Bias), SlotForm.Property, slot.TiedBy, slot.When);
        }
        else if (property.Attribute<SublayerAttribute>() is { } sublayer)
        {
            TreePosition below = position.Below(property.Name, Name(property), Reach(property));
            var layer = new TreeLayer(
                below.Path, below.Access, LayerKind.Other, sublayer.Width, "", "", "", SlotForm.SublayerSlot, below.Obstacle, property.Type.Name, property.ContainingType.MetadataPath());
            _slots.Add(new TreeSublayer(layer, SublayerNames.Of(sublayer.Kind)));
        }
        else if (property.Attribute<BlocksAttribute>() is { } blocks && ElementOf(property.Type) is { } block)
        {
            DescendList(property, property.Name, block, position, blocks.Count);
        }
        else if (IsOwnSlot(property))
        {
            SlotObstacle obstacle = Fit(property.Type) is var fit and not SlotObstacle.None ? fit
                : property.SetMethod is null or { IsInitOnly: true } ? SlotObstacle.ReadOnly
                : Reach(property.SetMethod);
            Add(property, property.Type, position.Below(property.Name, Name(property), obstacle, property), Named(_sizes.Of(property), property.Type, property.Name), SlotForm.Field, "");
        }
        else if (property.GetMethod is { DeclaredAccessibility: Accessibility.Public } && property.Type is INamedTypeSymbol child && HasLayers(child))
        {
            Descend(child, position.Below(ComponentName(property), Name(property), Reach(property), property));
        }
    }

    /// <summary>Determines whether a property of a user's own module stores its value.</summary>
    private static bool IsOwnSlot(IPropertySymbol property) => !property.DeclaringSyntaxReferences.IsEmpty
        && (property.Type.IsTensorModule() || IsStockLayer(property.Type))
        && property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    private void Visit(IFieldSymbol field, TreePosition position)
    {
        // The backing fields of this library's properties are found through the properties.
        if (field.ContainingType.GetMembers().OfType<IPropertySymbol>().Any(property => property.Has<SlotAttribute>())) return;

        string name = ComponentName(field);
        if (field.Type.IsTensorModule() || IsStockLayer(field.Type))
        {
            SlotObstacle obstacle = Fit(field.Type) is var fit and not SlotObstacle.None ? fit : field.IsReadOnly ? SlotObstacle.ReadOnly : Reach(field);
            Add(field, field.Type, position.Below(name, Name(field), obstacle, field), Named(_sizes.Of(field), field.Type, name), SlotForm.Field, "");
        }
        else if (ElementOf(field.Type) is { } element)
        {
            if (IsOurs(element)) DescendList(field, name, element, position, "");
        }
        else if (field.Type is INamedTypeSymbol child && child.IsModule())
        {
            if (IsOurs(child) && HasLayers(child)) Descend(child, position.Below(name, Name(field), Reach(field), field));
            else Add(field, field.Type, position.Below(name, Name(field), SlotObstacle.OtherType), new(LayerKind.Other, "", "", ""), SlotForm.Field, "");
        }
    }

    private void DescendList(ISymbol member, string name, INamedTypeSymbol block, TreePosition position, string count)
    {
        TreePosition list = position.Below(name, Name(member), Reach(member), member);
        _lists.Add(new BlockListSpec(list.Path, count));
        Descend(block, list.Below("*", "*", SlotObstacle.None));
    }

    /// <summary>Gets the member's part of checkpoint names, which can differ from its C# name by TorchSharp's attribute.</summary>
    private static string ComponentName(ISymbol member) =>
        member.Attribute(KnownNames.ComponentName) is { } attribute && Text(attribute, "Name") is { Length: > 0 } name ? name : member.Name;

    private void Add(ISymbol member, ITypeSymbol type, TreePosition position, LayerSizes layer, SlotForm form, string tiedBy, string when = "") =>
        _layers.Add(new TreeLayer(
            position.Path, position.Access, layer.Kind, layer.Output, layer.Input, layer.Bias, tiedBy, form, position.Obstacle, type.Name, member.ContainingType.MetadataPath())
        {
            When = when,
            Hidden = position.Hidden,
            IsNullable = type.NullableAnnotation == NullableAnnotation.Annotated,
        });

    private SlotObstacle Reach(ISymbol member) => Reaches(member) ? SlotObstacle.None : SlotObstacle.Hidden;

    private bool Reaches(ISymbol member) => _compilation.IsSymbolAccessibleWithin(member, _model);

    private static SlotObstacle Fit(ITypeSymbol type) =>
        type.IsTensorModule() ? SlotObstacle.None : type.IsSealed ? SlotObstacle.SealedType : SlotObstacle.OtherType;

    private bool HasLayers(INamedTypeSymbol type) =>
        type.IsModule() && IsOurs(type) && type.BaseTypesAndSelf().Where(IsOurs).SelectMany(t => t.GetMembers()).Any(member => member switch
        {
            IPropertySymbol property => property.Has<SlotAttribute>() || property.Has<BlocksAttribute>()
                || (property.Type is INamedTypeSymbol child && IsOurs(child) && !child.IsTensorModule()),
            IFieldSymbol { IsStatic: false, AssociatedSymbol: null } field => field.Type.IsModule() || ElementOf(field.Type) is not null,
            _ => false,
        });

    /// <summary>Determines whether to search a module. TorchSharp's own modules are leaves; all others can contain layers.</summary>
    private static bool IsOurs(INamedTypeSymbol type) =>
        !type.IsStock() && type.IsModule();

    private static bool IsStockLayer(ITypeSymbol type) =>
        type.ContainingNamespace?.ToDisplayString() == KnownNames.TorchModules && type.Name is "Linear" or "Embedding" or "LayerNorm";

    /// <summary>Gets the type of module of a member, or of its elements; <see langword="null"/> for other members.</summary>
    internal static INamedTypeSymbol? ModuleOf(ITypeSymbol type) => ElementOf(type) ?? (type is INamedTypeSymbol module && module.IsModule() ? module : null);

    /// <summary>Gets the element type of a list of modules: an array, a ModuleList, a BlockList, or any other collection.</summary>
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

    /// <summary>Determines the kind of a layer in a user's own module by the type of its field, or by the usual name of an output head.</summary>
    private static LayerSizes Named(LayerSizes found, ITypeSymbol type, string name) => found with
    {
        Kind = type.Name switch
        {
            "Embedding" => LayerKind.Embedding,
            "LayerNorm" => LayerKind.Norm,
            _ when found.Kind == LayerKind.Linear && name == VocabularyLayers.Head => LayerKind.Head,
            _ => found.Kind,
        },
    };

    private static string Text(AttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value as string ?? "";

    private static string Name(ISymbol member) =>
        SyntaxFacts.GetKeywordKind(member.Name) == SyntaxKind.None ? member.Name : "@" + member.Name;
}
