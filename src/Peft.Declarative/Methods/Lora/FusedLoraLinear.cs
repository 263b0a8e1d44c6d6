using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>
/// Low-rank updates of some of the projections of a fused layer, such as query, key and value in GPT-2. Each has its own factors, <c>yⱼ = Wⱼ x + s ·
/// Bⱼ (Aⱼ x)</c>. AdapterHub's files contain them concatenated in two tensors.
/// </summary>
public class FusedLoraLinear : AdapterLayer, IMergeable, IAdapterHubPart
{
    private readonly IReadOnlyList<int> _adapted;
    private readonly Parameter _a;
    private readonly Parameter _b;
    private readonly SequenceGate? _gate;
    private readonly long _rank;
    private readonly long _width;
    private readonly double _scaling;
    private readonly double _dropout;

    /// <summary>Creates an adapter layer around a layer that computes three projections.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="adapted">Which of query (0), key (1) and value (2) are adapted, in this order.</param>
    /// <param name="rank">The inner dimension of each product.</param>
    /// <param name="scaling">The factor on the products.</param>
    /// <param name="dropout">The dropout probability on the input during training. The default is 0.</param>
    /// <param name="gated">Whether a trained gate per row and projection replaces the scaling. The default is <see langword="false"/>.</param>
    public FusedLoraLinear(
        nn.Module<Tensor, Tensor> frozen, string adapter, IReadOnlyList<int> adapted, int rank, double scaling, double dropout = 0, bool gated = false)
        : base(nameof(FusedLoraLinear), frozen, adapter)
    {
        ArgumentNullException.ThrowIfNull(adapted);
        LoraFacts.Method.Require(frozen.GetType().Name, ("rank", rank));
        using IDisposable untracked = no_grad();
        Device device = Base.weight.device;
        _adapted = adapted;
        _rank = rank;
        _width = Base.Output / FusedLayer.Projections;
        _scaling = gated ? 1 : scaling;   // the gate replaces it
        _dropout = dropout;
        _a = Own("lora_A", LoraStart.A(rank * adapted.Count, Base.Input, LoraInit.Default, device));
        _b = Own("lora_B", LoraStart.B(_width * adapted.Count, rank, LoraInit.Default, device));
        if (gated)
        {
            _gate = new SequenceGate(Base.Input, device, adapted.Count);
            Own(_gate.Parameters);
        }
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Layers.Dropout.Apply(input, _dropout, training);
        Tensor inner = nn.functional.linear(x.to(_a.dtype), _a);
        Tensor? gates = _gate?.Of(WithoutPadding(input));
        Tensor[] parts = output.to(_a.dtype).split(_width, -1);
        for (int i = 0; i < _adapted.Count; i++)
        {
            Tensor update = nn.functional.linear(inner.narrow(-1, i * _rank, _rank), Part(_b, i, _width)) * Scalars.Of(_scaling);
            parts[_adapted[i]] = parts[_adapted[i]].add((gates is null ? update : update * gates.narrow(-1, i, 1)), Scalars.One);
        }

        return cat(parts, -1).to(output.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => TensorsBelow($"{AdapterKeys.Model}{path}.");

    IEnumerable<AdapterTensor> IAdapterHubPart.AdapterHubTensorsAt(string path, string name) => TensorsBelow($"{path}{AdapterHubKeys.Loras}{name}.");

    Tensor IWeightChange.MergeWeight(Tensor weight)
    {
        Tensor[] rows = [.. Enumerable.Range(0, FusedLayer.Projections).Select(_ => zeros(_width, Base.Input, device: weight.device))];
        for (int i = 0; i < _adapted.Count; i++)
        {
            rows[_adapted[i]] = LoraDelta.Weight(Part(_a, i, _rank), Part(_b, i, _width), _scaling);
        }

        return weight.add(Base.ToWeightLayout(cat(rows, 0)), Scalars.One);
    }

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;

    string? IMergeable.Obstacle(WeightLayer target) => _gate is null ? null : LoraLinear.GateObstacle;

    private static Tensor Part(Tensor all, int index, long rows) => all.narrow(0, index * rows, rows);

    private IEnumerable<AdapterTensor> TensorsBelow(string prefix) =>
        [new AdapterTensor(prefix + "lora_A", _a), new AdapterTensor(prefix + "lora_B", _b), .. _gate?.TensorsBelow(prefix) ?? []];
}
