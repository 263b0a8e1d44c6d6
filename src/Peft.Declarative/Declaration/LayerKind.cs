namespace Peft.Declarative;

/// <summary>What a layer of the base model is, as far as adapters care.</summary>
public enum LayerKind
{
    /// <summary>A linear layer, weight [out, in].</summary>
    Linear,

    /// <summary>GPT-2's linear layer, weight [in, out].</summary>
    Conv1D,

    /// <summary>A table of vectors, weight [rows, width].</summary>
    Embedding,

    /// <summary>The output head: linear, weight [vocabulary, hidden].</summary>
    Head,

    /// <summary>A normalization, weight [width].</summary>
    Norm,

    /// <summary>Anything else; it can be trained in full but holds no adapter.</summary>
    Other,
}
