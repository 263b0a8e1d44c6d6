namespace Peft.Declarative.Generators.Model;

/// <summary>The layers of a model as its types tell them.</summary>
/// <param name="Layers">Layers in the order of the model.</param>
/// <param name="Lists">Lists of blocks, outer ones first.</param>
/// <param name="DefaultTargets">What the family adapts when nothing is named, by method.</param>
/// <param name="TrainedHead">The head that every adapter of the family trains in full; empty for none.</param>
/// <param name="KeyValueBlocks">Field with the number of blocks that have keys and values; empty if not told.</param>
/// <param name="KeyValueWidth">Width of a block's keys, a product of fields; empty if not told.</param>
internal sealed record ModuleTreeSpec(
    EquatableArray<TreeLayer> Layers,
    EquatableArray<BlockListSpec> Lists,
    EquatableArray<DefaultTargetsSpec> DefaultTargets,
    string TrainedHead,
    string KeyValueBlocks,
    string KeyValueWidth)
{
    /// <summary>Places after sublayers, in the order of the model.</summary>
    public EquatableArray<TreeSublayer> SublayerSlots { get; init; }

    /// <summary>Number of parameters in no slot, a product of fields; empty for none.</summary>
    public string SizeOutsideSlots { get; init; } = "";

    /// <summary>Values of <c>model_type</c> that the family reads; empty if it does not tell.</summary>
    public EquatableArray<string> ModelTypes { get; init; }

    /// <summary>A class without layers.</summary>
    internal static ModuleTreeSpec Empty { get; } = new(default, default, default, "", "", "");

    /// <summary>Values of config fields that files may leave out.</summary>
    public EquatableArray<ConfigDefaultSpec> ConfigDefaults { get; init; }

    /// <summary>Every kind of attention; none if the family does not tell.</summary>
    public EquatableArray<AttentionSpec> Attentions { get; init; }

    /// <summary>Names of all layers, for methods that adapt every one unless told otherwise.</summary>
    internal IReadOnlyList<string> Names => Layers.Select(layer => layer.Name).Distinct().ToList();

    /// <summary>
    /// The layers of a group, or the projections if the family names none for it; null if the family says nothing. Which of the targets are
    /// feed-forward layers is a question that the projections do not answer.
    /// </summary>
    internal IReadOnlyList<string>? DefaultsOf(TargetGroup group) =>
        (DefaultTargets.FirstOrDefault(targets => targets.Group == group)
            ?? (group == TargetGroup.FeedForward ? null : DefaultTargets.FirstOrDefault(targets => targets.Group == TargetGroup.Projections)))?.Names;
}

/// <summary>
/// A layer found in the types of a model. Lists of blocks appear as <c>*</c>, since their number is not in the types:
/// <c>model.layers.*.self_attn.q_proj</c>. Sizes are texts that a config resolves.
/// </summary>
/// <param name="Path">Checkpoint path with a star for each list.</param>
/// <param name="Access">The same in C# names, as generated code reaches it.</param>
/// <param name="Kind">What the layer is.</param>
/// <param name="Output">Product of numbers and config fields; empty if unknown.</param>
/// <param name="Input">The same for the input.</param>
/// <param name="Bias"><c>true</c>, <c>false</c> or a config field.</param>
/// <param name="TiedBy">Config field under which the weight is another layer's.</param>
/// <param name="Form">How the slot is written.</param>
/// <param name="Obstacle">Why it cannot be.</param>
/// <param name="TypeName">Type of the member, for messages.</param>
/// <param name="Owner">Metadata name of the type that declares it.</param>
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
    /// <summary>Config field under which the layer exists, after <c>!</c> under which it does not; empty for always.</summary>
    public string When { get; init; } = "";

    /// <summary>Whether the member may be null as far as its type goes; generated code knows that it is not by then.</summary>
    public bool IsNullable { get; init; }

    internal string Name => Path.Substring(Path.LastIndexOf('.') + 1);

    /// <summary>The C# name of the member itself.</summary>
    internal string Member => Access.Substring(Access.LastIndexOf('.') + 1);
}

/// <summary>How a layer is put into its slot.</summary>
internal enum SlotForm
{
    /// <summary>A property of our layers, which registers what it is given.</summary>
    Property,

    /// <summary>A field of the user's module; TorchSharp's registry has to be told.</summary>
    Field,

    /// <summary>A place after a sublayer, to which things are added beside those that are there.</summary>
    SublayerSlot,
}

/// <summary>Why generated code cannot put an adapter into a slot.</summary>
internal enum SlotObstacle
{
    None,

    /// <summary>The member has one of TorchSharp's sealed layer types.</summary>
    SealedType,

    /// <summary>The member has some other type that is not <c>Module&lt;Tensor, Tensor&gt;</c>.</summary>
    OtherType,

    /// <summary>The field is readonly.</summary>
    ReadOnly,

    /// <summary>The member, or one on the way to it, is not accessible from the model.</summary>
    Hidden,

    /// <summary>The layer is an element of a container that cannot replace its elements.</summary>
    InContainer,
}

/// <summary>A place after a sublayer, found in the types of a model.</summary>
/// <param name="Place">The place, in the form of a layer as wide as the hidden states.</param>
/// <param name="Sublayer">What declarations call the sublayer before it: <c>mlp</c>.</param>
internal sealed record TreeSublayer(TreeLayer Place, string Sublayer);

/// <summary>A list of equal blocks in a model.</summary>
/// <param name="Path">Its path, such as <c>model.layers</c>; lists above it appear as <c>*</c>.</param>
/// <param name="CountField">Config field with the number of blocks; empty if no field tells it.</param>
internal sealed record BlockListSpec(string Path, string CountField);

/// <summary>The usual layers of a family.</summary>
/// <param name="For">Method they are for; empty for all that have none of their own.</param>
/// <param name="Names">Names of the layers.</param>
internal sealed record DefaultTargetsSpec(TargetGroup Group, EquatableArray<string> Names);

/// <summary>A kind of attention of a family, such as that to the source.</summary>
/// <param name="Blocks">Field with the number of blocks that have it.</param>
/// <param name="Width">Width of all its heads, a product of fields.</param>
internal sealed record AttentionSpec(string Blocks, string Width);

/// <summary>The value of a config field that a file may leave out.</summary>
/// <param name="Field">The field.</param>
/// <param name="Value">A number, a flag, or products of numbers and fields, also divided by each other.</param>
/// <param name="When">Condition on another field, <c>field=value</c>; empty for always.</param>
internal sealed record ConfigDefaultSpec(string Field, string Value, string When);
