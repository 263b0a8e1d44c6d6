using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Dora;

/// <summary>An embedding with weight-decomposed low-rank adaptation: lengths <c>m</c> [width] of the table's columns are learned.</summary>
public class DoraEmbedding : LoraEmbedding, IMergeable
{
    private readonly DoraMagnitude _magnitude;

    /// <summary>Wraps an embedding.</summary>
    /// <param name="frozen">The layer, or another adapter around it.</param>
    /// <param name="adapter">Name of the adapter.</param>
    /// <param name="rank">Inner dimension of the product.</param>
    /// <param name="scaling">Factor on the product.</param>
    /// <param name="init">How the factors start.</param>
    public DoraEmbedding(nn.Module<Tensor, Tensor> frozen, string adapter, int rank, double scaling, LoraInit init = LoraInit.Default)
        : base(frozen, adapter, rank, scaling, init)
    {
        _magnitude = new DoraMagnitude(Base, Factors.A, Factors.B, scaling);
        Own(DoraMagnitude.Name, _magnitude.Vector);
    }

    private protected override bool IsLowRank => false;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor a, Tensor b, double scaling) = Factors;
        return (base.AdaptOutput(input, output) * _magnitude.Ratio(a, b, scaling)).MoveToOuterDisposeScope();
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
