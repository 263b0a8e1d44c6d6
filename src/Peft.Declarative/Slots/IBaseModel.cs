namespace Peft.Declarative.Slots;

/// <summary>What adapters ask of the model of a family beside its layers: sizes that their files state, and places that are on no layer.</summary>
internal interface IBaseModel
{
    /// <summary>Family in config.json.</summary>
    string ModelType { get; }

    /// <summary>What the reference library calls the task of such models.</summary>
    string TaskType { get; }

    /// <summary>Directory that the weights were read from; null if they were drawn.</summary>
    string? Directory { get; }

    /// <summary>Hashes of the files that the model was read from.</summary>
    Provenance Provenance { get; }

    /// <summary>Width of a token's vector.</summary>
    int HiddenSize { get; }

    /// <summary>The number of tokens of the vocabulary.</summary>
    int VocabularySize { get; }

    /// <summary>The number of tokens of the vocabulary before rows were added.</summary>
    int OriginalVocabularySize { get; }

    /// <summary>Heads of the queries.</summary>
    int HeadCount { get; }

    /// <summary>Number of blocks.</summary>
    int LayerCount { get; }

    /// <summary>For how many stacks of blocks a soft prompt has vectors; 2 in an encoder-decoder, else 1.</summary>
    int PromptStacks { get; }

    /// <summary>Adapters on the embedded text.</summary>
    EmbeddingSlot embedding_adapters { get; }

    /// <summary>Whether an adapter of this name is on the model.</summary>
    bool HasAdapter(string name);
}
