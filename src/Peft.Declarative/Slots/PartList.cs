using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Adapter parts that belong to the model as a whole and not to one of its layers, in the order in which they were added.</summary>
/// <typeparam name="TPart">The type of the parts.</typeparam>
public abstract class PartList<TPart> : ExplicitModule, IPartList
    where TPart : nn.Module, IAdapterPart
{
    private readonly List<TPart> _parts = [];

    private protected PartList(string name)
        : base(name)
    {
    }

    /// <summary>All parts, active or not.</summary>
    public IReadOnlyList<TPart> All => _parts;

    IEnumerable<IAdapterPart> IPartList.Parts => _parts;

    /// <summary>The parts that the forward pass applies.</summary>
    internal IEnumerable<TPart> Active => _parts.Where(part => part.Active);

    /// <summary>Adds a part after the existing ones.</summary>
    /// <param name="part">A part that was created for this model.</param>
    public void Add(TPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        _parts.Add(part);
        register_module(part.AdapterName, part);
    }

    void IPartList.Remove(string adapter)
    {
        if (_parts.RemoveAll(part => part.AdapterName == adapter) > 0)
        {
            register_module(adapter, null!);
        }
    }
}

/// <summary>A list of adapter parts that belong to the model as a whole. Its modules do not belong to the base model.</summary>
internal interface IPartList
{
    /// <summary>All parts, active or not.</summary>
    IEnumerable<IAdapterPart> Parts { get; }

    /// <summary>Removes the parts of an adapter.</summary>
    /// <param name="adapter">The name of the adapter.</param>
    void Remove(string adapter);
}
