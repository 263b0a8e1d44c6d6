namespace Peft.Declarative.Adapters.Hub;

/// <summary>A part of an adapter whose tensors AdapterHub's files have a name for.</summary>
public interface IHubPart : IAdapterPart
{
    /// <summary>Its trained tensors, named as AdapterHub names them.</summary>
    /// <param name="path">Checkpoint name of the layer or place that the part sits on.</param>
    /// <param name="name">The adapter's name in the file.</param>
    IEnumerable<AdapterTensor> HubTensorsAt(string path, string name);

    /// <summary>Names under which the file has some of these tensors once more, because its library's modules share them.</summary>
    /// <param name="path">Checkpoint name of the layer or place that the part sits on.</param>
    /// <param name="name">The adapter's name in the file.</param>
    IEnumerable<AdapterTensor> HubCopiesAt(string path, string name) => [];
}

/// <summary>A method whose adapters AdapterHub's directories may hold.</summary>
internal interface IHubMethod : IAdapterMethod
{
    /// <summary>Whether it has such directories at all; a method that builds on another one may not.</summary>
    bool HasHubFiles => true;

    /// <summary>Whether settings are of this method; some architectures are several methods here.</summary>
    bool ReadsHub(HubFile file);

    /// <summary>Reads the settings; one that changes the result and is not supported is an error.</summary>
    AdapterConfig ReadHub(HubFile file);
}
