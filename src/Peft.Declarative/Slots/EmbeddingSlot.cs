using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>The place between the embeddings of a model and its first block. Without an adapter nothing happens there.</summary>
public sealed class EmbeddingSlot : ExplicitModule
{
    private readonly List<EmbeddingPart> _parts = [];

    internal EmbeddingSlot()
        : base(nameof(EmbeddingSlot))
    {
    }

    /// <summary>The parts that stand here, active or not.</summary>
    public IReadOnlyList<EmbeddingPart> Parts => _parts;

    /// <summary>Puts a part after those already there; it is active.</summary>
    /// <param name="part">A part for this model.</param>
    public void Add(EmbeddingPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        _parts.Add(part);
        register_module(part.AdapterName, part);
        part.train(training);
        part.Active = true;
    }

    /// <summary>What the active parts make of the embedded text [batch, time, hidden].</summary>
    /// <param name="embedded">Vectors of the tokens.</param>
    public Tensor Apply(Tensor embedded)
    {
        foreach (EmbeddingPart part in _parts)
        {
            embedded = part.Active ? part.Apply(embedded) : embedded;
        }

        return embedded;
    }

    internal void Remove(string adapter)
    {
        if (_parts.RemoveAll(part => part.AdapterName == adapter) > 0)
        {
            register_module(adapter, null!);
        }
    }
}

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
