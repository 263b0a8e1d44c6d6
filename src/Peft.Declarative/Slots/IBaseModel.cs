namespace Peft.Declarative.Slots;

/// <summary>The properties of a family's model that adapters need besides its layers: the sizes that their files contain, and other slots.</summary>
internal interface IBaseModel
{
    /// <summary>The family, as in config.json.</summary>
    string ModelType { get; }

    /// <summary>The task of such models in the reference library.</summary>
    string TaskType { get; }

    /// <summary>The directory from which the weights were read; <see langword="null"/> if they are random.</summary>
    string? Directory { get; }

    /// <summary>The hashes of the files from which the model was read.</summary>
    Provenance Provenance { get; }

    /// <summary>The width of the hidden states.</summary>
    int HiddenSize { get; }

    /// <summary>The number of tokens of the vocabulary.</summary>
    int VocabularySize { get; }

    /// <summary>The number of tokens of the vocabulary before rows were added.</summary>
    int OriginalVocabularySize { get; }

    /// <summary>The number of query heads.</summary>
    int HeadCount { get; }

    /// <summary>The number of blocks.</summary>
    int LayerCount { get; }

    /// <summary>The number of stacks of blocks for which a soft prompt has virtual tokens: 2 in an encoder-decoder, otherwise 1.</summary>
    int PromptStacks { get; }

    /// <summary>The slot for adapters on the embedded text.</summary>
    EmbeddingSlot embedding_adapters { get; }

    /// <summary>Determines whether the model has an adapter of a name.</summary>
    bool HasAdapter(string name);
}
