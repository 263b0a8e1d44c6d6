using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A trained tensor of an adapter under the name that it has in <c>adapter_model.safetensors</c>.</summary>
/// <param name="Key">Name in the file, such as <c>base_model.model.…q_proj.lora_A.weight</c>.</param>
/// <param name="Value">The tensor.</param>
/// <param name="Optional">Whether files of the reference library may lack it.</param>
/// <param name="InFile">Gives what a file holds of it; null for all.</param>
/// <param name="ForTraining">
/// Whether it is kept in <c>adapter_training.safetensors</c> beside that file: only training needs it, since what it makes is in the file.
/// </param>
public readonly record struct AdapterTensor(
    string Key, Parameter Value, bool Optional = false, Func<Tensor>? InFile = null, bool ForTraining = false);

/// <summary>A tensor that is saved with an adapter although it is not trained.</summary>
/// <param name="Key">Name in the file.</param>
/// <param name="Value">The tensor.</param>
/// <param name="BelongsToBase">Whether the base model has it too, so that a file's must be the same; else the file's is taken over.</param>
internal readonly record struct FrozenTensor(string Key, Tensor Value, bool BelongsToBase)
{
    /// <summary>Says what is wrong with a value of the right shape that a file has for it; null if nothing is.</summary>
    public Func<Tensor, string?>? Check { get; init; }
}

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
