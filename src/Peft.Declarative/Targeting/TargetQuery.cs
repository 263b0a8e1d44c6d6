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

    /// <summary>Rank of layers that no entry of <see cref="RankPattern"/> covers.</summary>
    internal int Rank { get; init; }

    /// <summary>Alpha of layers that no entry of <see cref="AlphaPattern"/> covers.</summary>
    internal double Alpha { get; init; }

    /// <summary>Ranks by path; the first entry that fits decides.</summary>
    internal IReadOnlyList<PatternEntry>? RankPattern { get; init; }

    /// <summary>Alphas by path; the first entry that fits decides.</summary>
    internal IReadOnlyList<PatternEntry>? AlphaPattern { get; init; }

    /// <summary>Kinds of layer that the method can adapt.</summary>
    internal IReadOnlyList<LayerKind> Adaptable { get; init; } = LayerKinds.WithMatrix;

    /// <summary>
    /// Reads the query as the reference implementation reads adapter_config.json: entries that match nothing are passed over, and modules to
    /// save match on any end of the path, also in the middle of a name. Declarations are read strictly instead.
    /// </summary>
    internal bool Lenient { get; init; }
}
