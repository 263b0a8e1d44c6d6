using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>
/// The slot for adapters after a sublayer, at the point where its residual is added. Without an adapter, the output is bit for bit that of the base model.
/// </summary>
public sealed class SublayerSlot : ExplicitModule
{
    private readonly WeightLayer _neighbour;
    private readonly List<SublayerPart> _parts = [];
    private readonly List<SublayerPart> _active = [];
    private readonly Dictionary<string, SublayerPart> _byAdapter = new(StringComparer.Ordinal);

    /// <summary>Creates an empty slot.</summary>
    /// <param name="kind">The kind of the preceding sublayer.</param>
    /// <param name="width">The width of the hidden states.</param>
    /// <param name="neighbour">A layer of the same block. New parts are created on its device.</param>
    public SublayerSlot(SublayerKind kind, long width, WeightLayer neighbour)
        : base(nameof(SublayerSlot))
    {
        Kind = kind;
        Width = width;
        _neighbour = neighbour;
    }

    /// <summary>The kind of the preceding sublayer.</summary>
    public SublayerKind Kind { get; }

    /// <summary>The width of the hidden states.</summary>
    public long Width { get; }

    /// <summary>The adapter parts in this slot, active or not.</summary>
    public IReadOnlyList<SublayerPart> Parts => _parts;

    /// <summary>The composition of the active parts. The default is <see cref="Composition.Stack"/>.</summary>
    internal Composition Composition { get; set; } = Composition.Stack;

    /// <summary>The routing of the model's rows; <see langword="null"/> for slots that are not part of a model.</summary>
    internal RoutingState? Routing { get; set; }

    /// <summary>The device for new parts.</summary>
    internal Device Device => _neighbour.weight.device;

    /// <summary>Adds a part and activates it.</summary>
    /// <param name="part">A part that was created for this slot.</param>
    /// <exception cref="PeftException">PEFT303: the adapter already has a part in this slot; its file format supports only one.</exception>
    public void Add(SublayerPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (_byAdapter.ContainsKey(part.AdapterName))
        {
            throw new PeftException(RuleIds.Incompatible,
                $"The adapter '{part.AdapterName}' occurs twice after one {SublayerNames.Of(Kind)}, but its file format "
                + "supports only one part there. Give the second one another name.");
        }

        _parts.Add(part);
        _byAdapter[part.AdapterName] = part;
        register_module(part.AdapterName, part);
        part.train(training);
        part.Active = true;
    }

    /// <summary>Computes the output of a sublayer: applies the active adapters to its result, adds its input, and applies the norm if there is one.</summary>
    /// <param name="result">The result of the sublayer [batch, time, hidden].</param>
    /// <param name="input">The residual input of the sublayer [batch, time, hidden].</param>
    /// <param name="norm">The norm over the sum; <see langword="null"/> in families that apply the norm elsewhere.</param>
    /// <returns>The output [batch, time, hidden].</returns>
    public Tensor Join(Tensor result, Tensor input, nn.Module<Tensor, Tensor>? norm = null)
    {
        if (Routing?.Current is { } routing)
        {
            return RowsComposition.Apply(this, routing, new SublayerPass(result, input, norm));
        }

        if (_active.Count == 0)
        {
            return SublayerPass.Sum(result, input, norm);
        }

        using DisposeScope scope = NewDisposeScope();
        return Composition.Apply(_active, new SublayerPass(result, input, norm)).MoveToOuterDisposeScope();
    }

    /// <summary>The part of an adapter; <see langword="null"/> if it has none here.</summary>
    internal SublayerPart? Of(string? adapter) => adapter is null ? null : _byAdapter.GetValueOrDefault(adapter);

    internal void Remove(string adapter)
    {
        _byAdapter.Remove(adapter);
        foreach (SublayerPart part in _parts.Where(part => part.AdapterName == adapter).ToList())
        {
            part.Active = false;
            _parts.Remove(part);
            register_module(part.AdapterName, null!);
        }
    }

    /// <summary>Updates the list of active parts, which is in the order of activation.</summary>
    internal void Order(SublayerPart part)
    {
        _active.Remove(part);
        if (part.Active)
        {
            _active.Add(part);
        }
    }
}
