using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// One of the residual branches of a block, <c>x + last(inner(x))</c>, for example a norm, attention and its output projection.
/// </summary>
/// <remarks>
/// The last layer is apart because the gradient of a frozen product needs neither its input nor its result, so gradient checkpointing does not compute the
/// product again.
/// </remarks>
public sealed class ResidualBranch
{
    private readonly Func<Tensor, AttentionContext, Tensor> _inner;
    private readonly Func<nn.Module<Tensor, Tensor>> _last;
    private readonly Func<Tensor, Tensor>? _after;
    private readonly SublayerSlot _adapters;
    private readonly Func<Tensor, AttentionContext, Tensor> _whole;

    /// <summary>Describes a branch.</summary>
    /// <param name="inner">Computes the input of the last layer from the hidden states [batch, time, hidden]. It must be a pure function of its arguments.</param>
    /// <param name="last">The content of the slot of the last layer, which adapters replace.</param>
    /// <param name="adapters">The slot that adds the result to the hidden states.</param>
    /// <param name="after">What is applied to the result before it is added, such as dropout. The default is nothing.</param>
    public ResidualBranch(
        Func<Tensor, AttentionContext, Tensor> inner, Func<nn.Module<Tensor, Tensor>> last, SublayerSlot adapters, Func<Tensor, Tensor>? after = null)
    {
        (_inner, _last, _adapters, _after) = (inner, last, adapters, after);
        _whole = Forward;
    }

    // An adapter around the layer, a trained weight and an adapter after the branch save the input or the result.
    private bool SavesNothingAtTheEnd => _adapters.Parts.Count == 0 && _last() is WeightLayer { weight.requires_grad: false };

    /// <summary>Computes the branch.</summary>
    /// <param name="hidden">The hidden states [batch, time, hidden].</param>
    /// <param name="context">The inputs that blocks share.</param>
    /// <returns>The hidden states [batch, time, hidden] after the branch.</returns>
    public Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        return End(_inner(hidden, context), hidden).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the branch with gradient checkpointing.</summary>
    /// <param name="hidden">The hidden states [batch, time, hidden].</param>
    /// <param name="checkpoint">Runs a function without saving its activations.</param>
    internal Tensor Forward(Tensor hidden, Func<Func<Tensor, AttentionContext, Tensor>, Tensor, Tensor> checkpoint)
    {
        if (!SavesNothingAtTheEnd)
        {
            return checkpoint(_whole, hidden);
        }

        using DisposeScope scope = NewDisposeScope();
        return End(checkpoint(_inner, hidden), hidden).MoveToOuterDisposeScope();
    }

    private Tensor End(Tensor inner, Tensor hidden)
    {
        Tensor result = _last().call(inner);
        return _adapters.Join(_after is null ? result : _after(result), hidden);
    }
}
