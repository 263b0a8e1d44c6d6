using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>An adapter's part after one sublayer.</summary>
public abstract class SeamPart : HubPart
{
    private bool _active;

    /// <summary>Makes a part for a place; <see cref="Seam.Add"/> puts it there.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="seam">The place.</param>
    /// <param name="adapter">Name of the adapter this part belongs to.</param>
    private protected SeamPart(string name, Seam seam, string adapter)
        : base(name, adapter) => Seam = seam;

    /// <inheritdoc/>
    public override bool Active
    {
        get => _active;
        set
        {
            _active = value;
            Seam.Order(this);
        }
    }

    /// <summary>The place where it stands.</summary>
    internal Seam Seam { get; }

    /// <summary>Hidden states with this part [batch, time, hidden], before the sublayer's residual.</summary>
    /// <param name="hidden">The sublayer's result, or what the part before made of it.</param>
    /// <param name="pass">The sublayer.</param>
    internal abstract Tensor Apply(Tensor hidden, SeamPass pass);

    /// <summary>Hidden states as the next sublayer takes them: with residual and norm, if this part leaves those in their place.</summary>
    /// <param name="hidden">What the last part made.</param>
    /// <param name="pass">The sublayer.</param>
    internal abstract Tensor Finish(Tensor hidden, SeamPass pass);
}
