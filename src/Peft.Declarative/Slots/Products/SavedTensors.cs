using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>The tensors that a function saves for its backward pass. Each is found again by its place.</summary>
internal sealed class SavedTensors
{
    private const int Usual = 9;   // of three layers that read one input, with low-rank terms

    private Tensor? _shared;
    private SavedInput? _input;
    private Tensor? _wide;
    private Tensor? _narrow;   // its copy

    /// <summary>All of them, in the order of their places.</summary>
    internal List<Tensor> All { get; } = new(Usual);

    /// <summary>Adds a tensor that the caller has.</summary>
    /// <returns>Its place.</returns>
    internal int Add(Tensor tensor)
    {
        All.Add(tensor);
        return All.Count - 1;
    }

    /// <summary>Adds an input, once for all that read the same one after each other.</summary>
    internal SavedInput AddInput(Tensor input)
    {
        if (_input is null || !ReferenceEquals(_shared, input))
        {
            (_shared, _input) = (input, SavedInput.Add(input, this));
        }

        return _input;
    }

    /// <summary>A copy in bfloat16, the same for all that ask for the same tensor after each other: products that read it, and what is kept of it.</summary>
    internal Tensor Narrow(Tensor tensor)
    {
        if (!ReferenceEquals(_wide, tensor))
        {
            (_wide, _narrow) = (tensor, tensor.to(ScalarType.BFloat16));
        }

        return _narrow!;
    }

    /// <summary>Adds a tensor that the forward pass made. It is saved after that pass returns, so it must outlive the dispose scope of the pass.</summary>
    /// <returns>Its place.</returns>
    internal int AddNew(Tensor tensor) => Add(tensor.MoveToOuterDisposeScope());
}
