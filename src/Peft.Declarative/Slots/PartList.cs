using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Adapter parts that belong to the model as a whole and not to one of its layers, in the order in which they were added.</summary>
/// <typeparam name="TPart">The type of the parts.</typeparam>
public abstract class PartList<TPart> : ExplicitModule, IPartList
    where TPart : nn.Module, IAdapterPart
{
    private readonly List<TPart> _parts = [];
    private readonly Dictionary<string, TPart[]> _byAdapter = new(StringComparer.Ordinal);

    private protected PartList(string name)
        : base(name)
    {
    }

    /// <summary>All parts, active or not.</summary>
    public IReadOnlyList<TPart> All => _parts;

    IEnumerable<IAdapterPart> IPartList.Parts => _parts;

    /// <summary>Whether there are no parts, as in most models: a pass then asks no further.</summary>
    internal bool IsEmpty => _parts.Count == 0;

    /// <summary>The parts that the forward pass applies.</summary>
    internal IReadOnlyList<TPart> Active => _parts.FindAll(static part => part.Active);

    /// <summary>The routing of the model's rows.</summary>
    internal RoutingState Routing { get; set; } = new();

    /// <summary>The segments of the current batch; one <see langword="null"/> if the active parts apply to all rows.</summary>
    internal IReadOnlyList<RowSegment?> Segments => Routing.Segments;

    /// <summary>The parts that the forward pass applies to the rows of a segment.</summary>
    internal IReadOnlyList<TPart> Of(RowSegment? segment) => segment is null ? Active
        : segment.Adapter is { } adapter ? _byAdapter.GetValueOrDefault(adapter) ?? [] : [];

    /// <summary>Adds a part after the existing ones.</summary>
    /// <param name="part">A part that was created for this model.</param>
    public void Add(TPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        _parts.Add(part);
        _byAdapter[part.AdapterName] = [.. _byAdapter.GetValueOrDefault(part.AdapterName) ?? [], part];
        register_module(part.AdapterName, part);
    }

    bool IPartList.Has(string adapter) => _byAdapter.ContainsKey(adapter);

    void IPartList.Remove(string adapter)
    {
        if (_byAdapter.Remove(adapter))
        {
            _parts.RemoveAll(part => part.AdapterName == adapter);
            register_module(adapter, null!);
        }
    }
}

/// <summary>A list of adapter parts that belong to the model as a whole. Its modules do not belong to the base model.</summary>
internal interface IPartList
{
    /// <summary>All parts, active or not.</summary>
    IEnumerable<IAdapterPart> Parts { get; }

    /// <summary>Whether an adapter has parts here.</summary>
    /// <param name="adapter">The name of the adapter.</param>
    bool Has(string adapter);

    /// <summary>Removes the parts of an adapter.</summary>
    /// <param name="adapter">The name of the adapter.</param>
    void Remove(string adapter);
}
