using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>An adapter's part on the embedded text.</summary>
public abstract class EmbeddingPart : AdapterHubPart
{
    /// <summary>Makes a part; <see cref="EmbeddingSlot.Add"/> puts it on a model.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="adapter">Name of the adapter this part belongs to.</param>
    private protected EmbeddingPart(string name, string adapter)
        : base(name, adapter)
    {
    }

    /// <summary>Other vectors [batch, time, hidden] in the place of these.</summary>
    internal abstract Tensor Apply(Tensor embedded);
}
