using Peft.Declarative.Adapters;
using Peft.Declarative.Methods.LoHa;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoKr;

/// <summary>
/// A linear layer with low-rank adaptation by a Kronecker product: <c>y = W x + s · (W1 ⊗ W2) x</c>, <c>W</c> frozen. Yeh et al. 2023, arXiv 2309.14859.
/// </summary>
/// <remarks>
/// The product with an input is computed as <c>W1 X W2ᵀ</c> with <c>x</c> as a matrix <c>X</c>, so no matrix of the size of the weight is computed.
/// </remarks>
public class LoKrLinear : LycorisLayer
{
    private readonly bool _rescales;

    /// <summary>Creates an adapter layer around a linear layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="rank">The inner dimension of the low-rank products.</param>
    /// <param name="scaling">The factor on the Kronecker product.</param>
    /// <param name="decomposeFactor">The size of <c>W1</c>, or its limit. The default of −1 takes the most square split.</param>
    /// <param name="decomposeBoth">Whether <c>W1</c> is a low-rank product too, where that is smaller. The default is <see langword="false"/>.</param>
    /// <param name="rankDropout">The probability with which each row of the change is dropped during training. The default is 0.</param>
    /// <param name="rankDropoutScale">Whether the kept rows make up for the dropped ones. The default is <see langword="false"/>.</param>
    /// <param name="moduleDropout">The probability with which the whole change is dropped during training. The default is 0.</param>
    /// <param name="init">The initialization of the factors.</param>
    public LoKrLinear(
        nn.Module<Tensor, Tensor> frozen,
        string adapter,
        int rank,
        double scaling,
        int decomposeFactor = -1,
        bool decomposeBoth = false,
        double rankDropout = 0,
        bool rankDropoutScale = false,
        double moduleDropout = 0,
        LoKrInit init = LoKrInit.Default)
        : base(nameof(LoKrLinear), frozen, adapter, scaling, rankDropout, moduleDropout)
    {
        LoKrFacts.Method.Require(frozen.GetType().Name, ("rank", rank));
        _rescales = rankDropoutScale;
        Device device = Base.weight.device;
        Shape = KroneckerShape.Of(Base.Output, Base.Input, rank, decomposeFactor, decomposeBoth);
        First = new KroneckerFactor("lokr_w1", Shape.First, Shape.FirstRank, init == LoKrInit.Default ? ZeroStart.First : ZeroStart.None, device);
        Second = new KroneckerFactor("lokr_w2", Shape.Second, Shape.SecondRank, init == LoKrInit.Lycoris ? ZeroStart.Last : ZeroStart.None, device);
        Own(First.Parameters);
        Own(Second.Parameters);
    }

    /// <summary>The sizes of both matrices.</summary>
    internal KroneckerShape Shape { get; }

    /// <summary><c>W1</c>.</summary>
    internal KroneckerFactor First { get; }

    /// <summary><c>W2</c>.</summary>
    internal KroneckerFactor Second { get; }

    internal override object? GroupKey => DropsNow ? null : (nameof(LoKrLinear), Shape, First.Matrices[0].dtype);

    private protected override bool RescalesKeptRows => _rescales;

    internal override RowGroup Group(IReadOnlyList<AdapterLayer> parts, RowBlock rows) => new LoKrGroup { Parts = parts, Rows = rows };

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
        First.Parameters.Concat(Second.Parameters).Select(tensor => new AdapterTensor($"{AdapterKeys.Model}{path}.{tensor.Name}", tensor.Value));

    private protected override Tensor Changes(Tensor input) =>
        KroneckerProduct.Of(input.to(First.Matrices[0].dtype), First.Matrices, Second.Matrices, Shape);

    private protected override Tensor Delta() => kron(First.Dense(), Second.Dense());
}
