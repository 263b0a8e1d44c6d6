using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdaLora;

/// <summary>
/// A linear layer with a low-rank product in the form of a singular value decomposition: <c>y = W x + s · B (E ∘ (A x))</c>, <c>W</c> frozen.
/// A rank is pruned by setting its <c>E</c> to zero. Zhang et al. 2023, arXiv 2303.10512, section 3.1.
/// </summary>
public class AdaLoraLinear : AdapterLayer, IMergeable
{
    private const double StartDeviation = 0.02;

    // As in the reference library, whose files mean it.
    private const double RankOffset = 1e-5;

    private readonly int _initialRank;
    private readonly double _scaling;
    private readonly double _dropout;
    private IReadOnlyList<bool>? _pattern;

    /// <summary>Wraps a linear layer.</summary>
    /// <param name="frozen">The layer, or another adapter around it.</param>
    /// <param name="adapter">Name of the adapter.</param>
    /// <param name="initialRank">Inner dimension of the product before pruning; the scaling keeps to it.</param>
    /// <param name="alpha">Numerator of the scaling.</param>
    /// <param name="dropout">Dropout probability on the input of <c>A</c> while training.</param>
    /// <param name="left">Which of the initial ranks are left, if that is decided; null for all.</param>
    public AdaLoraLinear(
        nn.Module<Tensor, Tensor> frozen, string adapter, int initialRank, double alpha, double dropout = 0, IReadOnlyList<bool>? left = null)
        : base(nameof(AdaLoraLinear), frozen, adapter, LayerKinds.WithProduct)
    {
        AdaLoraFacts.Method.Require(frozen.GetType().Name, ("initialRank", initialRank));
        _initialRank = initialRank;
        _scaling = alpha / (initialRank + RankOffset);
        _dropout = dropout;
        _pattern = left;
        (A, B, E) = Fresh(Count(left));
        Register();
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    /// <summary><c>A</c> [rank, in].</summary>
    internal Parameter A { get; private set; }

    /// <summary><c>B</c> [out, rank].</summary>
    internal Parameter B { get; private set; }

    /// <summary><c>E</c> [rank, 1].</summary>
    internal Parameter E { get; private set; }

    /// <summary>Whether a run has given out the ranks for good, so that those with a zero in <c>E</c> are left out of files.</summary>
    internal bool Pruned { get; set; }

    /// <summary>Which of the initial ranks are left; null before that is decided.</summary>
    internal IReadOnlyList<bool>? Ranks => _pattern ?? (Pruned ? LeftNow() : null);

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        if (E.numel() == 0)   // nothing is left of a layer that mattered little
        {
            return output;
        }

        using DisposeScope scope = NewDisposeScope();
        return LoraDelta.Add(output, Layers.Dropout.Apply(input, _dropout, training), A * E, B, null, _scaling).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
    [
        new AdapterTensor($"{AdapterKeys.Model}{path}.lora_A", A, InFile: () => Left(A, 0)),
        new AdapterTensor($"{AdapterKeys.Model}{path}.lora_B", B, InFile: () => Left(B, 1)),
        new AdapterTensor($"{AdapterKeys.Model}{path}.lora_E", E, InFile: () => Left(E, 0)),
    ];

    /// <summary>Makes room for the ranks that a file has; their values are still to come.</summary>
    /// <param name="pattern">Which of the initial ranks are left; null for all.</param>
    /// <returns>Puts everything back as it was.</returns>
    internal Action Resize(IReadOnlyList<bool>? pattern)
    {
        var (a, b, e, before, pruned) = (A, B, E, _pattern, Pruned);
        (_pattern, Pruned) = (pattern, false);
        Parameter[] made = [];
        if (Count(pattern) != E.numel())
        {
            (A, B, E) = Fresh(Count(pattern));
            made = [A, B, E];
            Register();
        }

        return () =>
        {
            Array.ForEach(made, tensor => tensor.Dispose());
            (A, B, E, _pattern, Pruned) = (a, b, e, before, pruned);
            Register();
        };
    }

    Tensor IWeightChange.MergeWeight(Tensor weight) => weight + Base.ToWeightLayout(LoraDelta.Weight(A * E, B, _scaling));

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;

    private int Count(IReadOnlyList<bool>? pattern) => pattern?.Count(left => left) ?? _initialRank;

    private void Register()
    {
        Own("lora_A", A);
        Own("lora_B", B);
        Own("lora_E", E);
    }

    private (Parameter A, Parameter B, Parameter E) Fresh(int rank)
    {
        using IDisposable untracked = no_grad();
        Device device = Base.weight.device;
        return (
            WeightLayer.Trainable(randn(rank, Base.Input, device: device).mul_(StartDeviation)),
            WeightLayer.Trainable(randn(Base.Output, rank, device: device).mul_(StartDeviation)),
            WeightLayer.Trainable(zeros(rank, 1, device: device)));
    }

    private bool[] LeftNow()
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. E.detach().cpu().view(-1).ne(0).data<bool>()];
    }

    // A rank with a zero in E adds nothing, so leaving it out changes nothing.
    private Tensor Left(Tensor values, int dimension)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return (Pruned ? values.index_select(dimension, E.view(-1).ne(0).nonzero().view(-1)) : values.detach()).MoveToOuterDisposeScope();
    }
}
