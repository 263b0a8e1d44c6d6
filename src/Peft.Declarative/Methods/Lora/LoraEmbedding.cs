using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>
/// An embedding with low-rank adaptation: <c>y = W[id] + s · B A[id]</c>. Here <c>A</c> [rank, rows] starts at zero and <c>B</c> [width, rank]
/// normal.
/// </summary>
public class LoraEmbedding : AdapterLayer, IMergeable, ILowRank
{
    private readonly Parameter _a;
    private readonly Parameter _b;
    private readonly double _scaling;

    /// <summary>Creates an adapter layer around an embedding.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="rank">The inner dimension of the product.</param>
    /// <param name="scaling">The factor on the product.</param>
    /// <param name="init">The initialization of the factors. With <see cref="LoraInit.Random"/>, <c>A</c> is random as well.</param>
    public LoraEmbedding(nn.Module<Tensor, Tensor> frozen, string adapter, int rank, double scaling, LoraInit init = LoraInit.Default)
        : base(nameof(LoraEmbedding), frozen, adapter, [LayerKind.Embedding])
    {
        LoraFacts.Method.Require(frozen.GetType().Name, ("rank", rank));
        using IDisposable untracked = no_grad();
        Device device = Base.weight.device;
        _scaling = scaling;
        _a = Own("lora_embedding_A", WeightLayer.Trainable(
            init == LoraInit.Random ? randn(rank, Base.Input, device: device) : zeros(rank, Base.Input, device: device)));
        _b = Own("lora_embedding_B", WeightLayer.Trainable(randn(Base.Output, rank, device: device)));
    }

    /// <summary>The two factors and the scaling, for methods that derive from this one.</summary>
    private protected (Parameter A, Parameter B, double Scaling) Factors => (_a, _b, _scaling);

    WeightLayer? IMergeable.MergeTarget => Base;

    bool ILowRank.HasFactors => IsLowRank;

    Tensor ILowRank.A => _a;

    Tensor ILowRank.B => _b;

    Tensor? ILowRank.Bias => null;

    double ILowRank.Scaling => _scaling;

    /// <summary>Whether the change of the weight is the product of the factors alone.</summary>
    private protected virtual bool IsLowRank => true;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = _a.t().index_select(0, input.reshape(-1));
        return addmm(output.to(_a.dtype).view(-1, output.size(-1)), rows, _b.t(), 1.0f, (float)_scaling)
            .view_as(output).to(output.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path)
    {
        yield return new AdapterTensor($"{AdapterKeys.Model}{path}.lora_embedding_A", _a);
        yield return new AdapterTensor($"{AdapterKeys.Model}{path}.lora_embedding_B", _b);
    }

    Tensor IWeightChange.MergeWeight(Tensor weight) => weight.add(Base.ToWeightLayout(LoraDelta.Weight(_a, _b, _scaling)), Scalars.One);

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;
}
