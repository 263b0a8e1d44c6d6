using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Parts of adapters that sit on the model as a whole and not on one of its layers, in the order in which they were added.</summary>
/// <typeparam name="TPart">What the parts are to the model.</typeparam>
public abstract class PartList<TPart> : nn.Module, IPartList
    where TPart : nn.Module, IAdapterPart
{
    private readonly List<TPart> _parts = [];

    private protected PartList(string name)
        : base(name)
    {
    }

    /// <summary>The parts, active or not.</summary>
    public IReadOnlyList<TPart> All => _parts;

    IEnumerable<IAdapterPart> IPartList.Parts => _parts;

    /// <summary>The parts that now take part in the forward pass.</summary>
    internal IEnumerable<TPart> Active => _parts.Where(part => part.Active);

    /// <summary>Puts a part after those already there.</summary>
    /// <param name="part">A part made for this model.</param>
    public void Add(TPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        _parts.Add(part);
        register_module(part.AdapterName, part);
    }

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    void IPartList.Remove(string adapter)
    {
        if (_parts.RemoveAll(part => part.AdapterName == adapter) > 0)
        {
            register_module(adapter, null!);
        }
    }
}

/// <summary>A place on a model for parts of adapters that sit on no layer. Its modules are no part of the base.</summary>
internal interface IPartList
{
    /// <summary>The parts, active or not.</summary>
    IEnumerable<IAdapterPart> Parts { get; }

    /// <summary>Takes an adapter's parts out.</summary>
    /// <param name="adapter">Name of the adapter.</param>
    void Remove(string adapter);
}
