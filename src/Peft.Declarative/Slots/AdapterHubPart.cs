using Peft.Declarative.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A part of an adapter that is a separate module and belongs to a method that only AdapterHub's file format supports.</summary>
public abstract class AdapterHubPart : ExplicitModule, IAdapterHubPart, IKeepsType
{
    /// <summary>Creates a part.</summary>
    /// <param name="name">The class name, for TorchSharp.</param>
    /// <param name="adapter">The name of the adapter to which this part belongs.</param>
    private protected AdapterHubPart(string name, string adapter)
        : base(name) => AdapterName = adapter;

    /// <inheritdoc/>
    public string AdapterName { get; }

    bool IKeepsType.KeepsType => true;

    /// <inheritdoc/>
    public virtual bool Active { get; set; }

    /// <inheritdoc/>
    public IEnumerable<AdapterTensor> TensorsAt(string path) => AdapterHubTensorsAt(path, AdapterName);

    /// <inheritdoc/>
    public abstract IEnumerable<AdapterTensor> AdapterHubTensorsAt(string path, string name);

    /// <inheritdoc/>
    public virtual IEnumerable<AdapterTensor> AdapterHubCopiesAt(string path, string name) => [];

    /// <summary>Registers a parameter of this part. It is trained while the adapter is active.</summary>
    private protected Parameter Own(string name, Tensor start)
    {
        var value = (Parameter)new Parameter(start).DetachFromDisposeScope();
        register_parameter(name, value);
        return value;
    }

    /// <summary>Registers parameters that a component of this part has created.</summary>
    private protected void Own(IEnumerable<(string Name, Parameter Value)> parameters)
    {
        foreach ((string name, Parameter value) in parameters)
        {
            register_parameter(name, value);
        }
    }
}

/// <summary>A part of an adapter whose tensors have names in AdapterHub's file format.</summary>
public interface IAdapterHubPart : IAdapterPart
{
    /// <summary>The trained tensors of the part, with the names that AdapterHub uses.</summary>
    /// <param name="path">The checkpoint name of the layer or module on which the part sits.</param>
    /// <param name="name">The adapter's name in the file.</param>
    IEnumerable<AdapterTensor> AdapterHubTensorsAt(string path, string name);

    /// <summary>The tensors that a file contains a second time, under other names, because modules of AdapterHub's library share them.</summary>
    /// <param name="path">The checkpoint name of the layer or module on which the part sits.</param>
    /// <param name="name">The adapter's name in the file.</param>
    IEnumerable<AdapterTensor> AdapterHubCopiesAt(string path, string name) => [];
}
