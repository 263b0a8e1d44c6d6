using Peft.Declarative.Adapters;
using Peft.Declarative.Adapters.Hub;
using Peft.Declarative.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>
/// Low-rank adaptation of a layer whose result is query, key and value side by side, as GPT-2's: each adapted one of the three has factors of its own,
/// <c>y_i = W_i x + s · B_i (A_i x)</c>, with a gate of its own if there are gates. Only AdapterHub's files have it.
/// </summary>
internal sealed class LoraFusedLinear : AdapterLayer, IMergeable, IHubPart
{
    private const int Fused = 3;

    private readonly Parameter _a;
    private readonly Parameter _b;
    private readonly SequenceGate? _gate;
    private readonly int[] _adapted;
    private readonly int _rank;
    private readonly double _scaling;
    private readonly double _dropout;

    /// <param name="frozen">The layer, or another adapter around it.</param>
    /// <param name="adapter">Name of the adapter.</param>
    /// <param name="adapted">Which of the three are adapted, in ascending order.</param>
    /// <param name="config">Rank, scaling, dropout and gates.</param>
    internal LoraFusedLinear(nn.Module<Tensor, Tensor> frozen, string adapter, int[] adapted, LoraConfig config)
        : base(nameof(LoraFusedLinear), frozen, adapter)
    {
        using IDisposable untracked = no_grad();
        Device device = Base.weight.device;
        (_adapted, _rank, _dropout) = (adapted, config.Rank, config.Dropout);
        _scaling = LoraDelta.Scaling(config.EffectiveAlpha, config.Rank, config.UseRsLora);
        _a = Own("lora_A", LoraStart.A(_rank * adapted.Length, Base.Input, config.Init, device));
        _b = Own("lora_B", LoraStart.B(Width * adapted.Length, _rank, config.Init, device));
        if (config.Gated)
        {
            _gate = new SequenceGate(Base.Input, device, adapted.Length);
            foreach ((string name, Parameter value) in _gate.Parameters)
            {
                Own(name, value);
            }
        }
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    private long Width => Base.Output / Fused;

    public override Tensor forward(Tensor input)
    {
        if (!Applies)
        {
            return Frozen.call(input);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor y = Frozen.call(input);
        Tensor x = Layers.Dropout.Apply(input, _dropout, training).to(_a.dtype);
        Tensor? gate = _gate?.Of(input);
        IEnumerable<Tensor> parts = Enumerable.Range(0, Fused).Select(part =>
        {
            Tensor own = y.narrow(-1, part * Width, Width).to(_a.dtype);
            int at = Array.IndexOf(_adapted, part);
            if (at < 0)
            {
                return own;
            }

            Tensor update = nn.functional.linear(nn.functional.linear(x, A(at)), B(at));
            return own + (gate is null ? update * _scaling : update * gate.narrow(2, at, 1));
        });
        return cat([.. parts], -1).to(y.dtype).MoveToOuterDisposeScope();
    }

    public override IEnumerable<AdapterTensor> TensorsAt(string path) => ((IHubPart)this).HubTensorsAt(path, AdapterName);

    IEnumerable<AdapterTensor> IHubPart.HubTensorsAt(string path, string name) =>
    [
        new AdapterTensor($"{path}{HubKeys.Loras}{name}.lora_A", _a),
        new AdapterTensor($"{path}{HubKeys.Loras}{name}.lora_B", _b),
        .. _gate?.TensorsBelow($"{path}{HubKeys.Loras}{name}.") ?? [],
    ];

    Tensor IMergeable.MergeWeight(Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor unchanged = zeros(Width, Base.Input, device: weight.device);
        IEnumerable<Tensor> parts = Enumerable.Range(0, Fused).Select(part => Array.IndexOf(_adapted, part) is var at and >= 0
            ? LoraDelta.Weight(A(at), B(at), _scaling)
            : unchanged);
        return (weight + Base.ToWeightLayout(cat([.. parts], 0))).MoveToOuterDisposeScope();
    }

    Tensor? IMergeable.MergeBias(Tensor? bias) => bias;

    string? IMergeable.Obstacle(WeightLayer target) =>
        _gate is null ? null : "its gate depends on the input, and a weight does not. Save it by itself.";

    private Tensor A(int at) => _a.narrow(0, at * _rank, _rank);

    private Tensor B(int at) => _b.narrow(0, at * Width, Width);
}
