namespace Peft.Declarative;

/// <summary>What every part of the library may ask of a model, whatever its family: the sizes and token ids of config.json.</summary>
public abstract record ModelConfig
{
    /// <summary>Family in config.json, such as <c>llama</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Rows of the input embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of a token's vector.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Heads of the queries.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Heads of keys and values.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Longest sequence the model was made for, virtual tokens included.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Whether the output head reads the input embedding's weight.</summary>
    public required bool TiesHead { get; init; }

    /// <summary>Standard deviation of freshly drawn weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Id that starts a text, if the model has one.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Ids that end a text; some models have several.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Id that fills short rows, if the model has one.</summary>
    public int? PadTokenId { get; init; }
}
