using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Native;
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

    // The reference library's value, which its files imply.
    private const double RankOffset = 1e-5;

    private readonly int _initialRank;
    private readonly double _scaling;
    private readonly double _dropout;
    private IReadOnlyList<bool>? _pattern;

    /// <summary>Creates an adapter layer around a linear layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="initialRank">The inner dimension of the product before pruning, which also determines the scaling.</param>
    /// <param name="alpha">The numerator of the scaling.</param>
    /// <param name="dropout">The dropout probability on the input of <c>A</c> during training.</param>
    /// <param name="left">Which of the initial ranks remain; <see langword="null"/> for all.</param>
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

    /// <summary>Whether the ranks are fixed, so that files omit those with a zero in <c>E</c>.</summary>
    internal bool Pruned { get; set; }

    /// <summary>Which of the initial ranks remain; <see langword="null"/> before they are fixed.</summary>
    internal IReadOnlyList<bool>? Ranks => _pattern ?? (Pruned ? LeftNow() : null);

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        if (E.numel() == 0)   // all ranks of a layer can be pruned
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

    /// <summary>Changes the number of ranks to that of a file. Their values are not initialized.</summary>
    /// <param name="pattern">Which of the initial ranks remain; <see langword="null"/> for all.</param>
    /// <returns>An action that restores the previous ranks.</returns>
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

    Tensor IWeightChange.MergeWeight(Tensor weight) => weight.add(Base.ToWeightLayout(LoraDelta.Weight(A * E, B, _scaling)), Scalars.One);

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
            WeightLayer.Trainable(randn(rank, Base.Input, device: device).mul_(Scalars.Of(StartDeviation))),
            WeightLayer.Trainable(randn(Base.Output, rank, device: device).mul_(Scalars.Of(StartDeviation))),
            WeightLayer.Trainable(zeros(rank, 1, device: device)));
    }

    private bool[] LeftNow()
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. E.detach().cpu().view(-1).ne(Scalars.Of(0)).data<bool>()];
    }

    // A rank with a zero in E adds nothing, so it can be omitted.
    private Tensor Left(Tensor values, int dimension)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return (Pruned ? values.index_select(dimension, E.view(-1).ne(Scalars.Of(0)).nonzero().view(-1)) : values.detach()).MoveToOuterDisposeScope();
    }
}
