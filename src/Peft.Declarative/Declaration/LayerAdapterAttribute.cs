namespace Peft.Declarative;

/// <summary>An adapter that sits on layers of the base model: which layers, told in one of three ways.</summary>
/// <remarks>
/// On a field or property of a model it adapts that layer, and none of the selectors below may be set. On a class without
/// <see cref="Targets"/> and <see cref="TargetPattern"/> the family's usual layers are adapted (query and value for Llama).
/// </remarks>
public abstract class LayerAdapterAttribute : AdapterAttribute
{
    /// <summary>
    /// Layers to adapt, by name (<c>q_proj</c>), trailing path (<c>self_attn.q_proj</c>) or full path. <see cref="AllLinear"/> alone
    /// stands for every linear layer but the output head. Each entry must match something.
    /// </summary>
    public string[]? Targets { get; init; }

    /// <summary>Regular expression that must match a layer's whole path, instead of <see cref="Targets"/>.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>Layers to leave out, by name, trailing path or full path. Each entry must match something.</summary>
    public string[]? Exclude { get; init; }

    /// <summary>Regular expression that must match the whole path of a layer to leave out, instead of <see cref="Exclude"/>.</summary>
    public string? ExcludePattern { get; init; }

    /// <summary>Indices of the blocks to adapt, from 0; all blocks unless set. Not together with <see cref="TargetPattern"/>.</summary>
    public int[]? Layers { get; init; }

    /// <summary>Name of the list of blocks that <see cref="Layers"/> counts in (<c>layers</c>, <c>h</c>); found by itself unless set.</summary>
    public string[]? LayersPattern { get; init; }

    /// <summary>
    /// Modules that are trained in full and saved with the adapter, such as <c>lm_head</c> or <c>norm</c>, matched like
    /// <see cref="Targets"/>. Each entry must match something.
    /// </summary>
    public string[]? ModulesToSave { get; init; }

    /// <summary>The entry of <see cref="Targets"/> that stands for every linear layer but the output head.</summary>
    public const string AllLinear = "all-linear";
}

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
