using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>
/// A linear layer (or GPT-2's transposed one) with low-rank adaptation: <c>y = W x + s · B (A x)</c>, <c>W</c> frozen. Hu et al. 2021,
/// arXiv 2106.09685.
/// </summary>
public class LoraLinear : AdapterLayer, IMergeable, IAdapterHubPart, ILowRank
{
    /// <summary>The reason why a gated update cannot be merged.</summary>
    internal const string GateObstacle = "its gate depends on the input, and a weight does not. Save it by itself.";

    private readonly Parameter _a;
    private readonly Parameter _b;
    private readonly Parameter? _bias;
    private readonly SequenceGate? _gate;
    private readonly double _scaling;
    private readonly double _dropout;

    /// <summary>Creates an adapter layer around a linear layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="rank">The inner dimension of the product.</param>
    /// <param name="scaling">The factor on the product; see <see cref="LoraDelta.Scaling"/>.</param>
    /// <param name="dropout">The dropout probability on the input of <c>A</c> during training. The default is 0.</param>
    /// <param name="ownBias">Whether <c>B</c> has a bias [out]. The default is <see langword="false"/>.</param>
    /// <param name="init">The initialization of the factors.</param>
    /// <param name="gated">Whether a trained gate per row replaces the scaling. The default is <see langword="false"/>.</param>
    /// <param name="loftQIterations">With <see cref="LoraInit.LoftQ"/>, how often codes and factors are chosen. The default is 1.</param>
    public LoraLinear(
        nn.Module<Tensor, Tensor> frozen,
        string adapter,
        int rank,
        double scaling,
        double dropout = 0,
        bool ownBias = false,
        LoraInit init = LoraInit.Default,
        bool gated = false,
        int loftQIterations = 1)
        : base(nameof(LoraLinear), frozen, adapter, LayerKinds.WithProduct)
    {
        LoraFacts.Method.Require(frozen.GetType().Name, ("rank", rank));
        using IDisposable untracked = no_grad();
        Device device = Base.weight.device;
        _scaling = scaling;
        _dropout = dropout;
        using DisposeScope scope = NewDisposeScope();
        (Tensor A, Tensor B)? fitted = init == LoraInit.LoftQ ? LoftQ.Start(Base, adapter, rank, loftQIterations) : null;
        _a = Own("lora_A", fitted is { } factors ? WeightLayer.Trainable(factors.A) : LoraStart.A(rank, Base.Input, init, device));
        _b = Own("lora_B", fitted is { } others ? WeightLayer.Trainable(others.B) : LoraStart.B(Base.Output, rank, init, device));
        _bias = ownBias ? Own("lora_B_bias", WeightLayer.Trainable(zeros(Base.Output, device: device))) : null;
        if (gated)
        {
            _gate = new SequenceGate(Base.Input, device);
            Own(_gate.Parameters);
        }
    }

    /// <summary>The two factors and the scaling, for methods that derive from this one.</summary>
    private protected (Parameter A, Parameter B, double Scaling) Factors => (_a, _b, _scaling);

    WeightLayer? IMergeable.MergeTarget => Base;

    bool ILowRank.HasFactors => IsLowRank;

    Tensor ILowRank.A => _a;

    Tensor ILowRank.B => _b;

    Tensor? ILowRank.Bias => _bias;

    double ILowRank.Scaling => _scaling;

    /// <summary>Dropout probability of this pass.</summary>
    internal double DropoutNow => training ? _dropout : 0;

    /// <summary>Whether the change of the weight is the product of the factors alone.</summary>
    private protected virtual bool IsLowRank => _gate is null;

    internal override object? GroupKey => IsLowRank ? (nameof(LoraLinear), _a.size(0), _a.dtype, _bias is null, DropoutNow) : null;

    internal override RowGroup Group(IReadOnlyList<AdapterLayer> parts, RowBlock rows) => new LoraGroup { Parts = parts, Rows = rows };

    internal override LayerTerm? Term(Tensor input) => _gate is null && _bias is null && AdaptsAsDeclared && _a.dtype == ScalarType.Float32
        ? new LayerTerm { LowRank = new LowRankTerm(Dropped(input), _a, _b, _scaling) }
        : null;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output) => _gate is null
        ? LoraDelta.Add(output, Dropped(input), _a, _b, _bias, _scaling)
        : LoraDelta.AddGated(output, Dropped(input), _a, _b, _gate.Of(WithoutPadding(input)));

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path)
    {
        yield return new AdapterTensor($"{AdapterKeys.Model}{path}.lora_A.weight", _a);
        yield return new AdapterTensor($"{AdapterKeys.Model}{path}.lora_B.weight", _b);
        if (_bias is not null)
        {
            yield return new AdapterTensor($"{AdapterKeys.Model}{path}.lora_B.bias", _bias);
        }

        foreach (AdapterTensor tensor in _gate?.TensorsBelow($"{AdapterKeys.Model}{path}.lora_") ?? [])
        {
            yield return tensor;
        }
    }

    IEnumerable<AdapterTensor> IAdapterHubPart.AdapterHubTensorsAt(string path, string name)
    {
        yield return new AdapterTensor($"{path}{AdapterHubKeys.Loras}{name}.lora_A", _a);
        yield return new AdapterTensor($"{path}{AdapterHubKeys.Loras}{name}.lora_B", _b);
        foreach (AdapterTensor tensor in _gate?.TensorsBelow($"{path}{AdapterHubKeys.Loras}{name}.") ?? [])
        {
            yield return tensor;
        }
    }

    /// <summary>Applies dropout to the input of <c>A</c> during training; otherwise returns the same tensor.</summary>
    private protected Tensor Dropped(Tensor input) => Layers.Dropout.Apply(input, _dropout, training);

    Tensor IWeightChange.MergeWeight(Tensor weight) => weight.add(Base.ToWeightLayout(LoraDelta.Weight(_a, _b, _scaling)), Scalars.One);

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias is null || _bias is null ? bias : bias.add(_bias * Scalars.Of(_scaling), Scalars.One);

    string? IMergeable.Obstacle(WeightLayer target) => _gate is not null
        ? GateObstacle
        : _bias is not null && target.BaseBias is null
        ? "its own bias has no bias of the base to be added to. Train it with OwnBias = false, or save it by itself."
        : null;
}
