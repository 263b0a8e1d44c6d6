using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>Parts of several adapters at one layer that have one kind and shape, so that their rows are computed together.</summary>
internal abstract class RowGroup : IDisposable
{
    private Tensor[]? _kept;

    /// <summary>The parts, in the order of their rows.</summary>
    internal required IReadOnlyList<AdapterLayer> Parts { get; init; }

    /// <summary>Their rows.</summary>
    internal required RowBlock Rows { get; init; }

    /// <summary>Whether what <see cref="Stack"/> makes serves later passes without gradients.</summary>
    internal required bool KeepsStacks { get; init; }

    /// <summary>Adds what the parts add to the rows of a layer's output.</summary>
    /// <param name="input">The input of the layer [batch, …, in].</param>
    /// <param name="output">The output of the layer [batch, …, out].</param>
    internal Tensor Add(Tensor input, Tensor output)
    {
        Tensor changes = Changes(Rows.Gather(input), Stacked());
        return Rows.Add(output.to(changes.dtype), changes).to(output.dtype);
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_kept ?? [], tensor => tensor.Dispose());

    /// <summary>Stacks the tensors of all parts.</summary>
    private protected abstract Tensor[] Stack();

    /// <summary>What the parts add [adapters, rows · positions, out], from the inputs [adapters, rows · positions, in].</summary>
    private protected abstract Tensor Changes(Tensor input, Tensor[] stacked);

    private Tensor[] Stacked()
    {
        if (is_grad_enabled() || !KeepsStacks)
        {
            return Stack();
        }

        return _kept ??= [.. Stack().Select(tensor => tensor.DetachFromDisposeScope())];
    }
}
