namespace Peft.Declarative.Slots;

/// <summary>The part of an adapter at one position in the base model.</summary>
public interface IAdapterPart
{
    /// <summary>The name of the adapter to which this part belongs.</summary>
    string AdapterName { get; }

    /// <summary>Whether the forward pass applies the part.</summary>
    bool Active { get; set; }

    /// <summary>The trained tensors of the part, with their names in the adapter's file.</summary>
    /// <param name="path">The checkpoint name of the layer on which the part sits.</param>
    IEnumerable<AdapterTensor> TensorsAt(string path);
}
