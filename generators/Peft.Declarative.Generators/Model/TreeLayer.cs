namespace Peft.Declarative.Generators.Model;

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
    /// <summary>Whether the member may be null as far as its type goes; generated code knows that it is not by then.</summary>
    public bool IsNullable { get; init; }

    internal string Name => Path.Substring(Path.LastIndexOf('.') + 1);

    /// <summary>The C# name of the member itself.</summary>
    internal string Member => Access.Substring(Access.LastIndexOf('.') + 1);
}
