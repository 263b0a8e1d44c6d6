using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>The tensors that a function saves for its backward pass. Each is found again by its place.</summary>
internal sealed class SavedTensors
{
    /// <summary>All of them, in the order of their places.</summary>
    internal List<Tensor> All { get; } = [];

    /// <summary>Adds a tensor that the caller has.</summary>
    /// <returns>Its place.</returns>
    internal int Add(Tensor tensor)
    {
        All.Add(tensor);
        return All.Count - 1;
    }

    /// <summary>Adds a tensor that the forward pass made. It is saved after that pass returns, so it must outlive the dispose scope of the pass.</summary>
    /// <returns>Its place.</returns>
    internal int AddNew(Tensor tensor) => Add(tensor.MoveToOuterDisposeScope());
}
