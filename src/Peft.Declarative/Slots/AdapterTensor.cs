using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A trained tensor of an adapter and its name in <c>adapter_model.safetensors</c>.</summary>
/// <param name="Key">The name in the file, such as <c>base_model.model.…q_proj.lora_A.weight</c>.</param>
/// <param name="Value">The tensor.</param>
/// <param name="Optional">Whether files of the reference library can lack the tensor. The default is <see langword="false"/>.</param>
/// <param name="InFile">Computes the tensor that is stored in the file; <see langword="null"/> (the default) stores <paramref name="Value"/>.</param>
/// <param name="ForTraining">
/// Whether the tensor is stored in <c>adapter_training.safetensors</c> instead, because only training needs it. The default is <see langword="false"/>.
/// </param>
public readonly record struct AdapterTensor(
    string Key, Parameter Value, bool Optional = false, Func<Tensor>? InFile = null, bool ForTraining = false);

/// <summary>A tensor that is saved with an adapter although it is not trained.</summary>
/// <param name="Key">The name in the file.</param>
/// <param name="Value">The tensor.</param>
/// <param name="BelongsToBase">
/// Whether the tensor belongs to the base model. A file must then contain the same values; otherwise the values of the file are loaded.
/// </param>
internal readonly record struct FrozenTensor(string Key, Tensor Value, bool BelongsToBase)
{
    /// <summary>Checks a value of the correct shape from a file and describes the problem; <see langword="null"/> if there is none.</summary>
    public Func<Tensor, string?>? Check { get; init; }
}

/// <summary>Parts of the tensor names in adapter files of Hugging Face PEFT.</summary>
internal static class AdapterKeys
{
    /// <summary>The prefix of the checkpoint name of every adapted layer.</summary>
    internal const string Model = "base_model.model.";

    /// <summary>The prefix for an adapter that adapts no layers, because the reference library then wraps the model only once.</summary>
    internal const string BareModel = "base_model.";

    /// <summary>The infix between the name of an adapted layer and its base weight or bias, if those are saved with the adapter.</summary>
    internal const string BaseLayer = "base_layer";
}
