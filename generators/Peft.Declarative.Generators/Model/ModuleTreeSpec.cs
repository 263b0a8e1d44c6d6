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

    /// <summary>Every kind of attention; none if the family does not tell.</summary>
    public EquatableArray<AttentionSpec> Attentions { get; init; }

    /// <summary>Names of all layers, for methods that adapt every one unless told otherwise.</summary>
    internal IReadOnlyList<string> Names => Layers.Select(layer => layer.Name).Distinct().ToList();

    /// <summary>
    /// The usual layers of a method: those for it by name, else those for all methods; null if the family says nothing. A name with a dot is a
    /// part of a method's layers, for which the usual targets are no answer.
    /// </summary>
    internal IReadOnlyList<string>? DefaultsOf(string method) =>
        (DefaultTargets.FirstOrDefault(targets => targets.For == method)
            ?? DefaultTargets.FirstOrDefault(targets => targets.For.Length == 0 && !method.Contains('.')))?.Names;
}
