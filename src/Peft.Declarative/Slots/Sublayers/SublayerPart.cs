using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>An adapter's part after one sublayer.</summary>
public abstract class SublayerPart : AdapterHubPart
{
    private bool _active;

    /// <summary>Makes a part for a place; <see cref="SublayerSlot.Add"/> puts it there.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="slot">The place.</param>
    /// <param name="adapter">Name of the adapter this part belongs to.</param>
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

    /// <summary>The place where it stands.</summary>
    internal SublayerSlot SublayerSlot { get; }

    /// <summary>Hidden states with this part [batch, time, hidden], before the sublayer's residual.</summary>
    /// <param name="hidden">The sublayer's result, or what the part before made of it.</param>
    /// <param name="pass">The sublayer.</param>
    internal abstract Tensor Apply(Tensor hidden, SublayerPass pass);

    /// <summary>Hidden states as the next sublayer takes them: with residual and norm, if this part leaves those in their place.</summary>
    /// <param name="hidden">What the last part made.</param>
    /// <param name="pass">The sublayer.</param>
    internal abstract Tensor Finish(Tensor hidden, SublayerPass pass);
}
