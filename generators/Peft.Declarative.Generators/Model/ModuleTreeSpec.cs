namespace Peft.Declarative.Generators.Model;

/// <summary>The layers of a model, read from its types.</summary>
/// <param name="Layers">The layers, in the order of the model.</param>
/// <param name="Lists">The lists of blocks, outer ones first.</param>
/// <param name="DefaultTargets">The family's default targets, by method.</param>
/// <param name="TrainedHead">The head that every adapter of the family trains in full; empty for none.</param>
/// <param name="KeyValueBlocks">The field with the number of blocks that have keys and values; empty if not known.</param>
/// <param name="KeyValueWidth">The width of a block's keys, a product of fields; empty if not known.</param>
internal sealed record ModuleTreeSpec(
    EquatableArray<TreeLayer> Layers,
    EquatableArray<BlockListSpec> Lists,
    EquatableArray<DefaultTargetsSpec> DefaultTargets,
    string TrainedHead,
    string KeyValueBlocks,
    string KeyValueWidth)
{
    /// <summary>The sublayer slots, in the order of the model.</summary>
    public EquatableArray<TreeSublayer> SublayerSlots { get; init; }

    /// <summary>The number of parameters outside of slots, a product of fields; empty for none.</summary>
    public string SizeOutsideSlots { get; init; } = "";

    /// <summary>The values of <c>model_type</c> that the family reads; empty if not known.</summary>
    public EquatableArray<string> ModelTypes { get; init; }

    /// <summary>A class without layers.</summary>
    internal static ModuleTreeSpec Empty { get; } = new(default, default, default, "", "", "");

    /// <summary>The defaults of config fields that files can omit.</summary>
    public EquatableArray<ConfigDefaultSpec> ConfigDefaults { get; init; }

    /// <summary>The kinds of attention; empty if not known.</summary>
    public EquatableArray<AttentionSpec> Attentions { get; init; }

    /// <summary>The names of all layers, for methods that adapt every layer by default.</summary>
    internal IReadOnlyList<string> Names => Layers.Select(layer => layer.Name).Distinct().ToList();

    /// <summary>
    /// Gets the layers of a group, or the projections if the family has no such group; <see langword="null"/> if the family has no defaults. The
    /// projections cannot stand for the feed-forward layers among the targets.
    /// </summary>
    internal IReadOnlyList<string>? DefaultsOf(TargetGroup group) =>
        (DefaultTargets.FirstOrDefault(targets => targets.Group == group)
            ?? (group == TargetGroup.FeedForward ? null : DefaultTargets.FirstOrDefault(targets => targets.Group == TargetGroup.Projections)))?.Names;
}

/// <summary>
/// A layer found in the types of a model. Lists of blocks appear as <c>*</c>, because their number is not in the types:
/// <c>model.layers.*.self_attn.q_proj</c>. Sizes are texts that a config resolves.
/// </summary>
/// <param name="Path">The checkpoint path with a star for each list.</param>
/// <param name="Access">The same in C# names, for generated code.</param>
/// <param name="Kind">The kind of the layer.</param>
/// <param name="Output">The product of numbers and config fields; empty if unknown.</param>
/// <param name="Input">The same for the input.</param>
/// <param name="Bias"><c>true</c>, <c>false</c> or a config field.</param>
/// <param name="TiedBy">The config field that ties the weight to another layer's.</param>
/// <param name="Form">The way in which the slot is assigned.</param>
/// <param name="Obstacle">The reason why it cannot be assigned.</param>
/// <param name="TypeName">The type of the member, for messages.</param>
/// <param name="Owner">The metadata name of the type that declares it.</param>
internal sealed record TreeLayer(
    string Path,
    string Access,
    LayerKind Kind,
    string Output,
    string Input,
    string Bias,
    string TiedBy,
    SlotForm Form,
    SlotObstacle Obstacle,
    string TypeName,
    string Owner)
{
    /// <summary>The config field that determines whether the layer exists, with <c>!</c> for its negation; empty for always.</summary>
    public string When { get; init; } = "";

    /// <summary>The member on the path that generated code cannot reach; <see langword="null"/> if it reaches all.</summary>
    public SourcePlace? Hidden { get; init; }

    /// <summary>Whether the type of the member is nullable. Generated code knows that the member is not null.</summary>
    public bool IsNullable { get; init; }

    internal string Name => Path.Substring(Path.LastIndexOf('.') + 1);

    /// <summary>The C# name of the member.</summary>
    internal string Member => Access.Substring(Access.LastIndexOf('.') + 1);
}

/// <summary>The way in which a layer is assigned to its slot.</summary>
internal enum SlotForm
{
    /// <summary>A property of this library's layers, which registers its value.</summary>
    Property,

    /// <summary>A field of the user's module, which must also be registered with TorchSharp.</summary>
    Field,

    /// <summary>A sublayer slot, to which parts are added.</summary>
    SublayerSlot,
}

/// <summary>The reason why generated code cannot put an adapter into a slot.</summary>
internal enum SlotObstacle
{
    None,

    /// <summary>The member has one of TorchSharp's sealed layer types.</summary>
    SealedType,

    /// <summary>The member has some other type that is not <c>Module&lt;Tensor, Tensor&gt;</c>.</summary>
    OtherType,

    /// <summary>The field is readonly.</summary>
    ReadOnly,

    /// <summary>The member, or one on its path, is not accessible from the model.</summary>
    Hidden,

    /// <summary>The layer is an element of a container that cannot replace its elements.</summary>
    InContainer,
}

/// <summary>A sublayer slot in the types of a model.</summary>
/// <param name="Layer">The slot, in the form of a layer as wide as the hidden states.</param>
/// <param name="Sublayer">The name of the preceding sublayer in declarations: <c>mlp</c>.</param>
internal sealed record TreeSublayer(TreeLayer Layer, string Sublayer);

/// <summary>A list of equal blocks in a model.</summary>
/// <param name="Path">Its path, such as <c>model.layers</c>. Outer lists appear as <c>*</c>.</param>
/// <param name="CountField">The config field with the number of blocks; empty if there is none.</param>
internal sealed record BlockListSpec(string Path, string CountField);

/// <summary>The default targets of a family.</summary>
/// <param name="For">The method; empty for all methods without defaults of their own.</param>
/// <param name="Names">The names of the layers.</param>
internal sealed record DefaultTargetsSpec(TargetGroup Group, EquatableArray<string> Names);

/// <summary>A kind of attention of a family, such as cross-attention.</summary>
/// <param name="Blocks">The field with the number of blocks that have it.</param>
/// <param name="Width">The width of all its heads, a product of fields.</param>
internal sealed record AttentionSpec(string Blocks, string Width);

/// <summary>The default of a config field that a file can omit.</summary>
/// <param name="Field">The field.</param>
/// <param name="Value">A number, a flag, or products of numbers and fields, which can be divided by each other.</param>
/// <param name="When">A condition on another field, <c>field=value</c>; empty for always.</param>
internal sealed record ConfigDefaultSpec(string Field, string Value, string When);
