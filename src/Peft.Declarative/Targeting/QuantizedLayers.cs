namespace Peft.Declarative.Targeting;

/// <summary>Which layers of a base are stored in 4 bits: every linear one but the heads, as in the reference library.</summary>
internal static class QuantizedLayers
{
    /// <summary>How messages name the declaration.</summary>
    internal const string Attribute = "Quantize";

    /// <summary>The question that the selection answers.</summary>
    /// <param name="excluded">Layers that stay dense.</param>
    /// <param name="trainedHeads">Heads that are trained in full; a head that starts at random has nothing worth keeping in 4 bits.</param>
    internal static TargetQuery Query(IReadOnlyList<string> excluded, IReadOnlyList<string> trainedHeads) => new()
    {
        Targets = [TargetQuery.AllLinear],
        Exclude = excluded.Count == 0 ? null : excluded,
        ModulesToSave = trainedHeads,
    };
}
