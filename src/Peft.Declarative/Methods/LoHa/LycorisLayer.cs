using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoHa;

/// <summary>A linear layer with a structured change of its weight: <c>y = W x + s · ΔW x</c>, <c>W</c> frozen. Yeh et al. 2023, arXiv 2309.14859.</summary>
public abstract class LycorisLayer : AdapterLayer, IMergeable
{
    private readonly double _rankDropout;
    private readonly double _moduleDropout;

    private protected LycorisLayer(string name, nn.Module<Tensor, Tensor> frozen, string adapter, double scaling, double rankDropout, double moduleDropout)
        : base(name, frozen, adapter, LayerKinds.WithProduct)
    {
        Scaling = scaling;
        _rankDropout = rankDropout;
        _moduleDropout = moduleDropout;
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    /// <summary>The factor on the change.</summary>
    internal double Scaling { get; }

    /// <summary>Whether the change differs from call to call at present.</summary>
    private protected bool DropsNow => training && (_rankDropout > 0 || _moduleDropout > 0);

    /// <summary>Whether rows that are kept make up for those that are dropped.</summary>
    private protected virtual bool RescalesKeptRows => true;

    /// <inheritdoc/>
    protected internal sealed override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor changes = Changes(input);
        if (training && _rankDropout > 0)
        {
            changes = changes * KeptRows(changes);
        }

        // A dropped adapter is in the graph, with a gradient of zero, so that a step never lacks one.
        bool isDropped = training && _moduleDropout > 0 && rand(1).item<float>() <= _moduleDropout;
        return output.to(changes.dtype).add(changes, Scalars.Of(isDropped ? 0 : Scaling)).to(output.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Computes <c>ΔW x</c> […, out], without the scaling.</summary>
    /// <param name="input">The input […, in].</param>
    private protected abstract Tensor Changes(Tensor input);

    /// <summary>Computes <c>ΔW</c> [out, in], without the scaling.</summary>
    private protected abstract Tensor Delta();

    Tensor IWeightChange.MergeWeight(Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        return weight.add(Base.ToWeightLayout(Delta()), Scalars.Of(Scaling)).MoveToOuterDisposeScope();
    }

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;

    // 0 for dropped rows of the change, which are elements of its output. At least one row counts as kept, so that no division is by zero.
    private Tensor KeptRows(Tensor changes)
    {
        Tensor kept = rand(Base.Output, device: changes.device).gt(Scalars.Of(_rankDropout)).to(changes.dtype);
        return RescalesKeptRows ? kept / kept.mean().clamp_min(Scalars.Of(1.0 / Base.Output)) : kept;
    }
}
