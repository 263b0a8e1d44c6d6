using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Dora;

/// <summary>
/// A linear layer with weight-decomposed low-rank adaptation: <c>y = m / ‖W + s B A‖ · (W + s B A) x + b</c>, row by row, <c>W</c> frozen, the
/// magnitudes <c>m</c> [out] trained. Liu et al. 2024, arXiv 2402.09353.
/// </summary>
public class DoraLinear : LoraLinear, IMergeable
{
    private readonly DoraMagnitude _magnitude;

    /// <summary>Creates an adapter layer around a linear layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="rank">The inner dimension of the product.</param>
    /// <param name="scaling">The factor on the product.</param>
    /// <param name="dropout">The dropout probability on the input of both terms during training.</param>
    /// <param name="init">The initialization of the factors.</param>
    /// <param name="loftQIterations">With <see cref="LoraInit.LoftQ"/>, how often codes and factors are chosen. The default is 1.</param>
    public DoraLinear(
        nn.Module<Tensor, Tensor> frozen, string adapter, int rank, double scaling, double dropout = 0, LoraInit init = LoraInit.Default, int loftQIterations = 1)
        : base(frozen, adapter, rank, scaling, dropout, ownBias: false, init, loftQIterations: loftQIterations)
    {
        _magnitude = new DoraMagnitude(Base, Factors.A, Factors.B, scaling);
        Own(DoraMagnitude.Name, _magnitude.Vector);
    }

    private protected override bool IsLowRank => false;

    // With dropout, the paper's second term needs a product with the remaining input.
    internal override LayerTerm? Term(Tensor input) => DropoutNow == 0 && base.Term(input) is { } term
        ? term with { OnOutput = new OutputFactors(_magnitude.Vector, norms: _magnitude.Norms(Factors.A, Factors.B, Factors.Scaling)) }
        : null;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor a, Tensor b, double scaling) = Factors;
        Tensor dropped = Dropped(input);
        Tensor wide = output.to(a.dtype);

        // Without dropout, y contains the frozen product. With dropout, the paper's second term needs the product with the remaining input.
        Tensor product = ReferenceEquals(dropped, input)
            ? (Base.bias is { } bias ? wide - bias : wide)
            : Base.Product(dropped.to(a.dtype), added: null);
        Tensor ratio = _magnitude.Ratio(a, b, scaling);
        Tensor low = nn.functional.linear(nn.functional.linear(dropped.to(a.dtype), a), b);
        return (wide.add((ratio - Scalars.Of(1)) * product, Scalars.One).add((ratio * Scalars.Of(scaling)) * low, Scalars.One)).to(output.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
        base.TensorsAt(path).Append(_magnitude.TensorAt(path));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _magnitude.Dispose();
        }
    }

    Tensor IWeightChange.MergeWeight(Tensor weight) => _magnitude.Merge(weight, Factors.A, Factors.B, Factors.Scaling);
}
