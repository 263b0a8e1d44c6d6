namespace Peft.Declarative.Slots;

/// <summary>Parts of the tensor names in Hugging Face PEFT's adapter files.</summary>
internal static class AdapterKeys
{
    /// <summary>Stands before the checkpoint name of every adapted layer.</summary>
    internal const string Model = "base_model.model.";

    /// <summary>Stands there instead where the adapter sits on no layers, so that the reference library wraps the model only once.</summary>
    internal const string BareModel = "base_model.";

    /// <summary>Stands between an adapted layer's name and its own weight or bias, where those are saved with the adapter.</summary>
    internal const string BaseLayer = "base_layer";
}
