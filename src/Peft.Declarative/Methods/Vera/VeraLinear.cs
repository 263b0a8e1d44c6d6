using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Vera;

/// <summary>
/// A linear layer with vector-based random matrix adaptation: <c>y = W x + b ∘ B (d ∘ A x)</c>, <c>A</c> and <c>B</c> random and shared, <c>d</c> [rank]
/// and <c>b</c> [out] trained. Kopiczko et al. 2023, arXiv 2310.11454.
/// </summary>
public class VeraLinear : AdapterLayer, IMergeable
{
    private readonly VeraProjections _projections;
    private readonly Parameter _b;
    private readonly Parameter _d;
    private readonly double _dropout;

    /// <summary>Creates an adapter layer around a linear layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="projections">The adapter's projections, at least as wide as the layer.</param>
    /// <param name="start">The initial value of <c>d</c>; <c>b</c> starts at zero.</param>
    /// <param name="dropout">The dropout probability on the input during training.</param>
    public VeraLinear(
        nn.Module<Tensor, Tensor> frozen, string adapter, VeraProjections projections, double start = 0.1, double dropout = 0)
        : base(nameof(VeraLinear), frozen, adapter, LayerKinds.WithProduct)
    {
        ArgumentNullException.ThrowIfNull(projections);
        using IDisposable untracked = no_grad();
        Device device = Base.weight.device;
        _projections = projections;
        _dropout = dropout;
        register_buffer("vera_A", projections.A, persistent: false);   // so that they move with the model
        register_buffer("vera_B", projections.B, persistent: false);
        _b = Own("vera_lambda_b", WeightLayer.Trainable(zeros(Base.Output, device: device)));
        _d = Own("vera_lambda_d", WeightLayer.Trainable(full(projections.A.size(0), Scalars.Of(start), device: device)));
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    internal override LayerTerm? Term(Tensor input) => AdaptsAsDeclared && _d.dtype == ScalarType.Float32
        ? new LayerTerm { LowRank = new LowRankTerm(Dropped(input), A(), B(), Scaling: 1) { Vectors = new FactorVectors(_d, _b, _projections) } }
        : null;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Dropped(input).to(_d.dtype);
        Tensor inner = nn.functional.linear(x, A()) * _d;
        return output.to(_b.dtype).addcmul(_b, nn.functional.linear(inner, B()), Scalars.Of(1)).to(output.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
    [
        new AdapterTensor($"{AdapterKeys.Model}{path}.vera_lambda_b", _b),
        new AdapterTensor($"{AdapterKeys.Model}{path}.vera_lambda_d", _d),
    ];

    /// <summary>Gets the shared projections. Their keys have no path, so they are saved once for all layers.</summary>
    internal override IEnumerable<FrozenTensor> FrozenTensorsAt(string path) =>
    [
        new FrozenTensor("base_model.vera_A", _projections.A, BelongsToBase: false),
        new FrozenTensor("base_model.vera_B", _projections.B, BelongsToBase: false),
    ];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _projections.A.Dispose();   // a module does not free them, because they are not part of its state
            _projections.B.Dispose();
        }
    }

    Tensor IWeightChange.MergeWeight(Tensor weight) =>
        weight.add(Base.ToWeightLayout((B() * _b.unsqueeze(1)).mm(A() * _d.unsqueeze(1))), Scalars.One);

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;

    private Tensor Dropped(Tensor input) => Layers.Dropout.Apply(input, _dropout, training);

    private Tensor A() => _projections.A.narrow(1, 0, Base.Input);

    private Tensor B() => _projections.B.narrow(0, 0, Base.Output);
}
