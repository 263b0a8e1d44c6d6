namespace Peft.Declarative;

/// <summary>Which biases of the base model an adapter trains along. Disabling the adapter brings the base's own biases back.</summary>
public enum BiasTraining
{
    /// <summary>None: the base keeps all its biases.</summary>
    None,

    /// <summary>Every bias of the model.</summary>
    All,

    /// <summary>The biases of adapted layers only (<c>lora_only</c> in adapter_config.json).</summary>
    AdaptedLayers,
}
