using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>The slot for adapters between the embeddings of a model and its first block. Without an adapter it changes nothing.</summary>
public sealed class EmbeddingSlot : ExplicitModule
{
    private readonly List<EmbeddingPart> _parts = [];

    internal EmbeddingSlot()
        : base(nameof(EmbeddingSlot))
    {
    }

    /// <summary>The adapter parts in this slot, active or not.</summary>
    public IReadOnlyList<EmbeddingPart> Parts => _parts;

    /// <summary>The routing of the model's rows.</summary>
    internal RoutingState Routing { get; set; } = new();

    /// <summary>Adds a part after the existing ones and activates it.</summary>
    /// <param name="part">A part that was created for this model.</param>
    public void Add(EmbeddingPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        _parts.Add(part);
        register_module(part.AdapterName, part);
        part.train(training);
        part.Active = true;
    }

    /// <summary>Applies the active parts to the embedded tokens.</summary>
    /// <param name="embedded">The vectors of the tokens [batch, time, hidden].</param>
    /// <returns>The vectors [batch, time, hidden] for the first block.</returns>
    public Tensor Apply(Tensor embedded)
    {
        if (Routing.Current is not { } routing)
        {
            foreach (EmbeddingPart part in _parts)
            {
                embedded = part.Active ? part.Apply(embedded) : embedded;
            }

            return embedded;
        }

        if (_parts.Count == 0)
        {
            return embedded;
        }

        Tensor[] rows = routing.Split(embedded);
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (EmbeddingPart part in _parts)
            {
                rows[i] = part.AdapterName == routing.Segments[i].Adapter ? part.Apply(rows[i]) : rows[i];
            }
        }

        return routing.Join(rows);
    }

    internal void Remove(string adapter)
    {
        if (_parts.RemoveAll(part => part.AdapterName == adapter) > 0)
        {
            register_module(adapter, null!);
        }
    }
}

/// <summary>The part of an adapter that transforms the embedded tokens.</summary>
public abstract class EmbeddingPart : AdapterHubPart
{
    /// <summary>Creates a part; <see cref="EmbeddingSlot.Add"/> adds it to a model.</summary>
    /// <param name="name">The class name, for TorchSharp.</param>
    /// <param name="adapter">The name of the adapter to which this part belongs.</param>
    private protected EmbeddingPart(string name, string adapter)
        : base(name, adapter)
    {
    }

    /// <summary>Transforms the vectors [batch, time, hidden] of the tokens; the result has the same shape.</summary>
    internal abstract Tensor Apply(Tensor embedded);
}
