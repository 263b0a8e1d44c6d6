using Peft.Declarative.Text.Errors;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>
/// The place after a sublayer, where its residual is added. Adapters can stand there; without one it does what the base does, bit for bit.
/// </summary>
public sealed class SublayerSlot : nn.Module
{
    private readonly WeightLayer _neighbour;
    private readonly List<SublayerPart> _parts = [];
    private readonly List<SublayerPart> _active = [];

    /// <summary>Makes an empty place.</summary>
    /// <param name="kind">The sublayer before it.</param>
    /// <param name="width">Width of the hidden states.</param>
    /// <param name="neighbour">A layer of the same block, on whose device new parts go.</param>
    public SublayerSlot(SublayerKind kind, long width, WeightLayer neighbour)
        : base(nameof(SublayerSlot))
    {
        Kind = kind;
        Width = width;
        _neighbour = neighbour;
    }

    /// <summary>The sublayer before it.</summary>
    public SublayerKind Kind { get; }

    /// <summary>Width of the hidden states.</summary>
    public long Width { get; }

    /// <summary>The parts that stand here, active or not.</summary>
    public IReadOnlyList<SublayerPart> Parts => _parts;

    /// <summary>How the active parts are composed; one after the other unless set.</summary>
    internal Composition Composition { get; set; } = Composition.Stack;

    /// <summary>Where new parts go.</summary>
    internal Device Device => _neighbour.weight.device;

    /// <summary>Puts a part here; it is active.</summary>
    /// <param name="part">A part that was made for this place.</param>
    /// <exception cref="PeftException">PEFT303: the adapter has a part here already, and its files have room for one.</exception>
    public void Add(SublayerPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (_parts.Exists(other => other.AdapterName == part.AdapterName))
        {
            throw new PeftException(RuleIds.Incompatible,
                $"The adapter '{part.AdapterName}' would stand twice after one {SublayerNames.Of(Kind)}, and its files have room for one. Give the second a name of its own.");
        }

        _parts.Add(part);
        register_module(part.AdapterName, part);
        part.train(training);
        part.Active = true;
    }

    /// <summary>The end of a sublayer: what adapters make of its result, plus its input, and the norm over the sum if there is one.</summary>
    /// <param name="result">What the sublayer made [batch, time, hidden].</param>
    /// <param name="input">What goes past it [batch, time, hidden].</param>
    /// <param name="norm">The norm over the sum; null in families that have it elsewhere.</param>
    public Tensor Join(Tensor result, Tensor input, nn.Module<Tensor, Tensor>? norm = null)
    {
        if (_active.Count == 0)
        {
            return SublayerPass.Sum(result, input, norm);
        }

        using DisposeScope scope = NewDisposeScope();
        return Composition.Apply(_active, new SublayerPass(result, input, norm)).MoveToOuterDisposeScope();
    }

    internal void Remove(string adapter)
    {
        foreach (SublayerPart part in _parts.Where(part => part.AdapterName == adapter).ToList())
        {
            part.Active = false;
            _parts.Remove(part);
            register_module(part.AdapterName, null!);
        }
    }

    /// <summary>Keeps the active parts in the order in which they were activated.</summary>
    internal void Order(SublayerPart part)
    {
        _active.Remove(part);
        if (part.Active)
        {
            _active.Add(part);
        }
    }

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }
}
