using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A part of an adapter that is a module of its own, of a method that only AdapterHub's files have.</summary>
public abstract class AdapterHubPart : nn.Module, IAdapterHubPart
{
    /// <summary>Makes a part.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="adapter">Name of the adapter this part belongs to.</param>
    private protected AdapterHubPart(string name, string adapter)
        : base(name) => AdapterName = adapter;

    /// <inheritdoc/>
    public string AdapterName { get; }

    /// <inheritdoc/>
    public virtual bool Active { get; set; }

    /// <inheritdoc/>
    public IEnumerable<AdapterTensor> TensorsAt(string path) => AdapterHubTensorsAt(path, AdapterName);

    /// <inheritdoc/>
    public abstract IEnumerable<AdapterTensor> AdapterHubTensorsAt(string path, string name);

    /// <inheritdoc/>
    public virtual IEnumerable<AdapterTensor> AdapterHubCopiesAt(string path, string name) => [];

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Registers a tensor of this part; it is trained until the adapter is put to rest.</summary>
    private protected Parameter Own(string name, Tensor start)
    {
        var value = (Parameter)new Parameter(start).DetachFromDisposeScope();
        register_parameter(name, value);
        return value;
    }

    /// <summary>Registers the tensors that a piece of this part has made.</summary>
    private protected void Own(IEnumerable<(string Name, Parameter Value)> parameters)
    {
        foreach ((string name, Parameter value) in parameters)
        {
            register_parameter(name, value);
        }
    }
}
