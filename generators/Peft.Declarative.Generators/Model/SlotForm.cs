namespace Peft.Declarative.Generators.Model;

/// <summary>How a layer is put into its slot.</summary>
internal enum SlotForm
{
    /// <summary>A property of our layers, which registers what it is given.</summary>
    Property,

    /// <summary>A field of the user's module; TorchSharp's registry has to be told.</summary>
    Field,

    /// <summary>A place after a sublayer, to which things are added beside those that are there.</summary>
    SublayerSlot,
}
