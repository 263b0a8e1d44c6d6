using Peft.Declarative.AdapterHub;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Ia3;

/// <summary>A linear layer with trained factors on its output [out, 1] or, in feed-forward networks, on its input [1, in].</summary>
public class Ia3Linear : AdapterLayer, IMergeable, IAdapterHubPart
{
    private readonly Parameter _factors;
    private readonly bool _onInput;

    /// <summary>Creates an adapter layer around a linear layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="feedForward">Whether the input is scaled instead of the output. The default is <see langword="false"/>.</param>
    public Ia3Linear(nn.Module<Tensor, Tensor> frozen, string adapter, bool feedForward = false)
        : base(nameof(Ia3Linear), frozen, adapter, LayerKinds.WithProduct)
    {
        using IDisposable untracked = no_grad();
        _onInput = feedForward;
        long[] shape = feedForward ? [1, Base.Input] : [Base.Output, 1];
        var factors = new Parameter(ones(shape, device: Base.weight.device));
        _factors = Own("ia3_l", (Parameter)factors.DetachFromDisposeScope());
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    /// <summary>Whether the input is scaled.</summary>
    internal bool ScalesInput => _onInput;

    internal override bool AdaptsInput => _onInput;

    internal override LayerTerm? Term(Tensor input) => !AdaptsAsDeclared || _factors.dtype != ScalarType.Float32 ? null
        : _onInput ? new LayerTerm { OnInput = new InputFactors(_factors) }
        : new LayerTerm { OnOutput = new OutputFactors(_factors, norms: null) };

    /// <inheritdoc/>
    protected internal override Tensor AdaptInput(Tensor input) => _onInput ? Scaled(input) : input;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output) => _onInput ? output : Scaled(output);

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
        [new AdapterTensor($"{AdapterKeys.Model}{path}.ia3_l", _factors)];

    // In AdapterHub, (IA)³ is a low-rank update of rank 1 that multiplies.
    IEnumerable<AdapterTensor> IAdapterHubPart.AdapterHubTensorsAt(string path, string name) =>
        [new AdapterTensor($"{path}{AdapterHubKeys.Loras}{name}.lora_B", _factors)];

    // Factors on the output scale the rows of the weight, factors on the input its columns; they already have the shape [out, 1] or [1, in].
    Tensor IWeightChange.MergeWeight(Tensor weight) => weight * Base.ToWeightLayout(_factors);

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias is null || _onInput ? bias : bias * _factors.reshape(-1);

    private Tensor Scaled(Tensor features)
    {
        using DisposeScope scope = NewDisposeScope();
        return (features.to(_factors.dtype) * _factors.reshape(-1)).to(features.dtype).MoveToOuterDisposeScope();
    }
}
