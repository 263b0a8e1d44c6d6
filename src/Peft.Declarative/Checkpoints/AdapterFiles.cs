using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>The contents of an adapter directory: the configuration and the named tensors.</summary>
/// <param name="config">The configuration, with every key of the file.</param>
/// <param name="tensors">The tensors by name. This object owns them; they must belong to no dispose scope.</param>
public sealed class AdapterFiles(JsonObject config, IReadOnlyDictionary<string, Tensor> tensors) : IDisposable
{
    /// <summary>The configuration, with every key of the file, including keys that this library does not know.</summary>
    public JsonObject Config { get; } = config;

    /// <summary>The tensors by name. They are copies, so the directory can be overwritten while they are in use.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; } = tensors;

    /// <summary>The tensors of <see cref="AdapterDirectory.TrainingName"/>, which only training needs; empty (the default) if that file does not exist.</summary>
    public IReadOnlyDictionary<string, Tensor> Training { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>The metadata in the header of the tensors' file, such as <c>format: pt</c> and a <see cref="Provenance"/>; empty by default.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors.Values.Concat(Training.Values))
        {
            tensor.Dispose();
        }
    }
}
