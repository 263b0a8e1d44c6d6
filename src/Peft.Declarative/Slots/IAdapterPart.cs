namespace Peft.Declarative.Slots;

/// <summary>What an adapter puts in one place of the base model.</summary>
public interface IAdapterPart
{
    /// <summary>Name of the adapter this part belongs to.</summary>
    string AdapterName { get; }

    /// <summary>Whether the part takes part in the forward pass.</summary>
    bool Active { get; set; }

    /// <summary>Its trained tensors, named as in the adapter's file.</summary>
    /// <param name="path">Checkpoint name of the layer that the part sits on.</param>
    IEnumerable<AdapterTensor> TensorsAt(string path);
}
