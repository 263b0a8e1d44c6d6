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
