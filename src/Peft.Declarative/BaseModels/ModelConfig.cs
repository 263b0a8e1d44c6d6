namespace Peft.Declarative;

/// <summary>The sizes and token ids of config.json that all model families have.</summary>
public abstract record ModelConfig
{
    /// <summary>The family, as <c>model_type</c> in config.json, such as <c>llama</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>The number of rows of the input embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The width of the hidden states.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The number of blocks.</summary>
    public required int LayerCount { get; init; }

    /// <summary>The number of query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>The number of key-value heads.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>The width of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>The maximum length of a sequence in tokens, including virtual tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Whether the output head uses the weight of the input embedding.</summary>
    public required bool TiesHead { get; init; }

    /// <summary>The standard deviation of randomly initialized weights. The default is 0.02.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The id that begins a text; <see langword="null"/> if the model has none.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The ids that end a text; empty by default. Some models have several.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>The id for padding; <see langword="null"/> if the model has none. A file's -1, or an id without a row in the embedding, means none.</summary>
    public int? PadTokenId { get => field is { } id && id >= 0 && id < VocabularySize ? id : null; init; }
}
