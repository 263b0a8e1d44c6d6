using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>The place between the embeddings of a model and its first block. Without an adapter nothing happens there.</summary>
public sealed class EmbeddingSlot : nn.Module
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

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }
}
