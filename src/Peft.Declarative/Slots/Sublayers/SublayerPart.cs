using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>The part of an adapter after one sublayer.</summary>
public abstract class SublayerPart : AdapterHubPart
{
    private bool _active;

    /// <summary>Creates a part for a slot; <see cref="SublayerSlot.Add"/> adds it.</summary>
    /// <param name="name">The class name, for TorchSharp.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="adapter">The name of the adapter to which this part belongs.</param>
    private protected SublayerPart(string name, SublayerSlot slot, string adapter)
        : base(name, adapter) => SublayerSlot = slot;

    /// <inheritdoc/>
    public override bool Active
    {
        get => _active;
        set
        {
            _active = value;
            SublayerSlot.Order(this);
        }
    }

    /// <summary>The slot for which the part was created.</summary>
    internal SublayerSlot SublayerSlot { get; }

    /// <summary>The rows of a batch without the positions that only rows of other adapters use, for what depends on all positions of a row.</summary>
    /// <param name="rows">A tensor [batch, time, width].</param>
    private protected Tensor WithoutPadding(Tensor rows) => SublayerSlot.Routing?.Current?.Of(AdapterName) is { } segment ? segment.WithoutPadding(rows) : rows;

    /// <summary>Applies this part to hidden states [batch, time, hidden], before the residual of the sublayer is added.</summary>
    /// <param name="hidden">The result of the sublayer, or the output of the previous part.</param>
    /// <param name="pass">The tensors of the sublayer.</param>
    internal abstract Tensor Apply(Tensor hidden, SublayerPass pass);

    /// <summary>Computes the input of the next sublayer. It includes the residual and the norm, unless this part has already applied them.</summary>
    /// <param name="hidden">The output of the last part.</param>
    /// <param name="pass">The tensors of the sublayer.</param>
    internal abstract Tensor Finish(Tensor hidden, SublayerPass pass);
}
