namespace Peft.Declarative.Targeting;

/// <summary>What a declaration or a file says about which layers to adapt, before it is held against a model.</summary>
internal sealed record TargetQuery
{
    /// <summary>The entry of <see cref="Targets"/> that stands for every linear layer but the output head.</summary>
    internal const string AllLinear = "all-linear";

    /// <summary>Names, trailing paths or full paths; null if the declaration names none.</summary>
    internal IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Regular expression for whole paths, instead of <see cref="Targets"/>.</summary>
    internal string? TargetPattern { get; init; }

    /// <summary>What the family takes when neither <see cref="Targets"/> nor <see cref="TargetPattern"/> is given.</summary>
    internal IReadOnlyList<string>? DefaultTargets { get; init; }

    /// <summary>Names, trailing paths or full paths to leave out.</summary>
    internal IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>Regular expression for whole paths to leave out.</summary>
    internal string? ExcludePattern { get; init; }

    /// <summary>Blocks to adapt; null for all.</summary>
    internal IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Names of the lists that <see cref="Layers"/> counts in; null for the first list on the path.</summary>
    internal IReadOnlyList<string>? LayersPattern { get; init; }

    /// <summary>How many blocks at the end of each list to adapt; 0 for all.</summary>
    internal int LastBlocks { get; init; }

    /// <summary>Whether only layers with a bias are meant, because the method trains nothing else.</summary>
    internal bool BiasesOnly { get; init; }

    /// <summary>Modules to train in full. Nothing below one of them is adapted.</summary>
    internal IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>Whether the method itself trains its targets in full, so that a module to save may be a target too.</summary>
    internal bool TrainsInFull { get; init; }

    /// <summary>Kinds of layer that the method can adapt.</summary>
    internal IReadOnlyList<LayerKind> Adaptable { get; init; } = LayerKinds.WithMatrix;

    /// <summary>
    /// Reads the query as the reference implementation reads adapter_config.json: entries that match nothing are passed over, and modules to
    /// save match on any end of the path, also in the middle of a name. Declarations are read strictly instead.
    /// </summary>
    internal bool Lenient { get; init; }
}

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
