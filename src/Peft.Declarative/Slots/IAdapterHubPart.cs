namespace Peft.Declarative.Slots;

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
