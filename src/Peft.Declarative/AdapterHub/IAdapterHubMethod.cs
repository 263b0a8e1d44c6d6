using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;

namespace Peft.Declarative.AdapterHub;

/// <summary>A part of an adapter whose tensors AdapterHub's files have a name for.</summary>
public interface IAdapterHubPart : IAdapterPart
{
    /// <summary>Its trained tensors, named as AdapterHub names them.</summary>
    /// <param name="path">Checkpoint name of the layer or place that the part sits on.</param>
    /// <param name="name">The adapter's name in the file.</param>
    IEnumerable<AdapterTensor> AdapterHubTensorsAt(string path, string name);

    /// <summary>Names under which the file has some of these tensors once more, because its library's modules share them.</summary>
    /// <param name="path">Checkpoint name of the layer or place that the part sits on.</param>
    /// <param name="name">The adapter's name in the file.</param>
    IEnumerable<AdapterTensor> AdapterHubCopiesAt(string path, string name) => [];
}

/// <summary>A method whose adapters AdapterHub's directories may hold.</summary>
internal interface IAdapterHubMethod : IAdapterMethod
{
    /// <summary>Whether it has such directories at all; a method that builds on another one may not.</summary>
    bool HasAdapterHubFiles => true;

    /// <summary>Whether settings are of this method; some architectures are several methods here.</summary>
    bool ReadsAdapterHub(AdapterHubFile file);

    /// <summary>Reads the settings; one that changes the result and is not supported is an error.</summary>
    AdapterConfig ReadAdapterHub(AdapterHubFile file);
}
