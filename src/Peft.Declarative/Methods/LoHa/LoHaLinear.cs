using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoHa;

/// <summary>
/// A linear layer with low-rank adaptation by a Hadamard product: <c>y = W x + s · ((B1 A1) ∘ (B2 A2)) x</c>, <c>W</c> frozen. Hyeon-Woo et al. 2021,
/// arXiv 2108.06098.
/// </summary>
/// <remarks>
/// The Hadamard product of two products of rank r is one product of rank r², whose factors hold the products of all pairs of columns of <c>B1</c> and
/// <c>B2</c>, and of rows of <c>A1</c> and <c>A2</c>. While that is cheaper, no matrix of the size of the weight is computed.
/// </remarks>
public class LoHaLinear : LycorisLayer, ILowRank
{
    private readonly Parameter _a1;
    private readonly Parameter _b1;
    private readonly Parameter _a2;
    private readonly Parameter _b2;

    /// <summary>Creates an adapter layer around a linear layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="rank">The inner dimension of both products.</param>
    /// <param name="scaling">The factor on the Hadamard product.</param>
    /// <param name="rankDropout">The probability with which each row of the change is dropped during training. The default is 0.</param>
    /// <param name="moduleDropout">The probability with which the whole change is dropped during training. The default is 0.</param>
    /// <param name="init">The initialization of the factors.</param>
    public LoHaLinear(
        nn.Module<Tensor, Tensor> frozen,
        string adapter,
        int rank,
        double scaling,
        double rankDropout = 0,
        double moduleDropout = 0,
        LoHaInit init = LoHaInit.Default)
        : base(nameof(LoHaLinear), frozen, adapter, scaling, rankDropout, moduleDropout)
    {
        LoHaFacts.Method.Require(frozen.GetType().Name, ("rank", rank));
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Device device = Base.weight.device;
        _b1 = Own("hada_w1_a", WeightLayer.Trainable(LoraStart.Kaiming(Base.Output, rank, device)));
        _a1 = Own("hada_w1_b", WeightLayer.Trainable(LoraStart.Kaiming(rank, Base.Input, device)));
        _b2 = Own("hada_w2_a", WeightLayer.Trainable(LoraStart.Kaiming(Base.Output, rank, device)));
        _a2 = Own("hada_w2_b", WeightLayer.Trainable(
            init == LoHaInit.Random ? LoraStart.Kaiming(rank, Base.Input, device) : zeros(rank, Base.Input, device: device)));
    }

    bool ILowRank.HasFactors => HasFactors;

    Tensor ILowRank.A => A();

    Tensor ILowRank.B => B();

    Tensor? ILowRank.Bias => null;

    double ILowRank.Scaling => Scaling;

    internal override object? GroupKey => HasFactors && !DropsNow ? (nameof(LoHaLinear), Rank, _a1.dtype) : null;

    private long Rank => _a1.size(0);

    // Two products of inner dimension rank² against one with a matrix of the weight's size.
    private bool HasFactors => Rank * Rank * (Base.Input + Base.Output) <= Base.Input * Base.Output;

    internal override RowGroup Group(IReadOnlyList<AdapterLayer> parts, RowBlock rows) => new LoraGroup { Parts = parts, Rows = rows };

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
    [
        new AdapterTensor($"{AdapterKeys.Model}{path}.hada_w1_a", _b1),
        new AdapterTensor($"{AdapterKeys.Model}{path}.hada_w1_b", _a1),
        new AdapterTensor($"{AdapterKeys.Model}{path}.hada_w2_a", _b2),
        new AdapterTensor($"{AdapterKeys.Model}{path}.hada_w2_b", _a2),
    ];

    private protected override Tensor Changes(Tensor input)
    {
        Tensor x = input.to(_a1.dtype);
        return HasFactors ? nn.functional.linear(nn.functional.linear(x, A()), B()) : nn.functional.linear(x, Delta());
    }

    private protected override Tensor Delta() => _b1.mm(_a1) * _b2.mm(_a2);

    // [rank², in]: row i · rank + j is row i of A1 times row j of A2.
    private Tensor A() => (_a1.unsqueeze(1) * _a2.unsqueeze(0)).view(Rank * Rank, Base.Input);

    // [out, rank²]: the same of columns.
    private Tensor B() => (_b1.unsqueeze(2) * _b2.unsqueeze(1)).view(Base.Output, Rank * Rank);
}
