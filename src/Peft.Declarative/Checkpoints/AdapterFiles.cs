using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>What an adapter directory holds: a configuration, whose meaning the methods know, and named tensors.</summary>
/// <param name="config">The configuration with every key of the file, known or not.</param>
/// <param name="tensors">Tensors by the names of the file. They are owned by this object and belong to no dispose scope.</param>
public sealed class AdapterFiles(JsonObject config, IReadOnlyDictionary<string, Tensor> tensors) : IDisposable
{
    /// <summary>The configuration with every key of the file, known or not.</summary>
    public JsonObject Config { get; } = config;

    /// <summary>Tensors by the names of the file, copied from it: the directory may be overwritten while they are in use.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; } = tensors;

    /// <summary>Tensors that only training needs, from a file of their own beside; empty if there is none.</summary>
    public IReadOnlyDictionary<string, Tensor> Training { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Free text that the writer of the tensors' file put into its header, such as <c>format: pt</c> and a <see cref="Provenance"/>.</summary>
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
