using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Virtual tokens that are prepended to the embedded text. Subclasses define how their vectors are computed.</summary>
public abstract class Prompt : VirtualTokens
{
    private protected Prompt(string name, string adapter, int tokens)
        : base(name, adapter, tokens)
    {
    }

    /// <summary>Computes the vectors [tokens, hidden] for one forward pass.</summary>
    /// <param name="task">The task of the rows; <see langword="null"/> if they name none.</param>
    internal abstract Tensor Vectors(int? task);
}
