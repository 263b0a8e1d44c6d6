using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>Parts of several adapters at one layer that have one kind and shape, so that their rows are computed together.</summary>
internal abstract class RowGroup
{
    private Tensor[]? _stacked;

    /// <summary>The parts, in the order of their rows.</summary>
    internal required IReadOnlyList<AdapterLayer> Parts { get; init; }

    /// <summary>Their rows.</summary>
    internal required RowBlock Rows { get; init; }

    /// <summary>What earlier passes without gradients have stacked here; <see langword="null"/> (the default) if passes share nothing.</summary>
    internal KeptStack? Kept { get; set; }

    /// <summary>Adds what the parts add to the rows of a layer's output.</summary>
    /// <param name="input">The input of the layer [batch, …, in].</param>
    /// <param name="output">The output of the layer [batch, …, out], which nothing else reads. Without gradients it may be changed in place.</param>
    internal Tensor Add(Tensor input, Tensor output)
    {
        if (!is_grad_enabled() && TryAddInPlace(input, output))
        {
            return output;
        }

        Tensor changes = Changes(Rows.Gather(input), Stacked());
        return Rows.Add(output.to(changes.dtype), changes).to(output.dtype);
    }

    /// <summary>Adds what the parts add in place, if there is a faster way for these rows than one product for all parts.</summary>
    private protected virtual bool TryAddInPlace(Tensor input, Tensor output) => false;

    /// <summary>Stacks the tensors of parts, each [parts, …].</summary>
    private protected abstract Tensor[] Stack(IReadOnlyList<AdapterLayer> parts);

    /// <summary>What the parts add [adapters, rows · positions, out], from the inputs [adapters, rows · positions, in].</summary>
    private protected abstract Tensor Changes(Tensor input, Tensor[] stacked);

    private Tensor[] Stacked() => is_grad_enabled() || Kept is null ? Stack(Parts) : _stacked ??= Kept.Of(Parts, Stack);
}
