using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>
/// Trained keys and values beside the text in every attention layer. An encoder-decoder has a separate tensor for each of its three kinds of
/// attention. With gates, each layer scales its prefix for each row. Li, Liang 2021, arXiv 2101.00190; gates: Mao et al. 2021, arXiv 2110.07577.
/// </summary>
public sealed class AttentionPrefix : Prefix, IAdapterHubPart
{
    private readonly PrefixTuningConfig _config;
    private readonly ModelConfig _sizes;
    private readonly string _backbone;
    private readonly (string Path, AttentionKind Kind)[] _layers;
    private readonly Dictionary<AttentionKind, ReparameterizedTensor> _tensors = [];
    private readonly Dictionary<string, SequenceGate> _gates = [];

    /// <summary>Creates a prefix for a model.</summary>
    /// <param name="model">The base model, whose attention determines the sizes.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="config">The settings.</param>
    /// <exception cref="PeftException">PEFT202: numbers are out of range. The message lists all of them.</exception>
    public AttentionPrefix(PretrainedModel model, string adapter, PrefixTuningConfig config)
        : base(nameof(AttentionPrefix), adapter, Checked(model, config).Tokens)
    {
        (_config, _sizes, _backbone) = (config, model.Config, SublayerSlots.BackboneOf(model));
        _layers = [.. AttentionPaths.Of(model).Where(layer => PrefixAdapterHubKeys.IsMeant(layer.Kind, config))];
        foreach (IGrouping<AttentionKind, string> layers in _layers.GroupBy(layer => layer.Kind, layer => layer.Path))
        {
            _tensors[layers.Key] = Learn(layers.Count(), model.Device);
            register_module(PrefixAdapterHubKeys.NameOf(layers.Key), _tensors[layers.Key]);
        }

        foreach ((string path, _) in config.Gated ? _layers : [])
        {
            var gate = new SequenceGate(_sizes.HiddenSize, model.Device, config.SharedGate ? 1 : 2);
            _gates[path] = gate;
            foreach ((string name, Parameter value) in gate.Parameters)
            {
                register_parameter($"{path.Replace('.', '_')}_{name}", value);
            }
        }
    }

    /// <inheritdoc/>
    public override bool TakesPositions => false;

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => AdapterHubTensorsAt(path, AdapterName);

    /// <inheritdoc/>
    public IEnumerable<AdapterTensor> AdapterHubTensorsAt(string path, string name)
    {
        string first = PrefixAdapterHubKeys.Pool(_layers[0].Path);
        return [
            .. _tensors.SelectMany(entry => Named(entry.Key, entry.Value, first, name)),
            .. _gates.SelectMany(entry => entry.Value.Parameters.Select(gate =>
                new AdapterTensor(PrefixAdapterHubKeys.Gate(entry.Key, name, gate.Name), gate.Value))),
        ];
    }

    /// <inheritdoc/>
    public IEnumerable<AdapterTensor> AdapterHubCopiesAt(string path, string name) =>
        from pool in _layers.Skip(1).Select(layer => PrefixAdapterHubKeys.Pool(layer.Path)).Append(PrefixAdapterHubKeys.SharedPool(_backbone))
        from entry in _tensors
        from tensor in Named(entry.Key, entry.Value, pool, name)
        select tensor;

    internal override bool Reaches(AttentionKind attention) => _tensors.ContainsKey(attention);

    internal override IReadOnlyList<BlockPrefix> In(AttentionKind attention, int blocks, ScalarType type)
    {
        Tensor tensor = Layers.Dropout.Apply(_tensors[attention].Value(), _config.Dropout, training).to(type);
        Tensor[] cut = PrefixCut.Of(tensor, Tokens, 2 * blocks, _sizes.HeadCount, _sizes.HeadSize);
        List<BlockPrefix> made = new(blocks);
        foreach ((string path, AttentionKind kind) in _layers)
        {
            if (kind == attention)
            {
                made.Add(new BlockPrefix(cut[2 * made.Count], cut[(2 * made.Count) + 1]) { Gate = GateOf(path, type) });
            }
        }

        return made;
    }

    private static PrefixTuningConfig Checked(PretrainedModel model, PrefixTuningConfig config)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        PrefixTuningFacts.Method.Require(model.GetType().Name, config.Numbers);
        return config;
    }

    private static IEnumerable<AdapterTensor> Named(AttentionKind attention, ReparameterizedTensor tensor, string pool, string name) =>
        tensor.Trained.Select(trained => new AdapterTensor(PrefixAdapterHubKeys.Of(pool, name, attention, trained.Key), trained.Value));

    private ReparameterizedTensor Learn(int blocks, Device device)
    {
        long width = 2L * blocks * _sizes.HeadCount * _sizes.HeadSize;
        return new ReparameterizedTensor(
            PrefixAdapterHubKeys.FlatName,
            start: () => randn(Tokens * width, device: device),
            network: !_config.Projection ? null : () => new PrefixProjection(
                Tokens, _sizes.HiddenSize, _config.ProjectionHidden ?? PrefixTuningFacts.Hidden, width, device, ActivationFunctions.Of(_config.Activation)));
    }

    private Func<Tensor, (Tensor, Tensor)>? GateOf(string path, ScalarType type) => !_gates.TryGetValue(path, out SequenceGate? gate) ? null : hidden =>
    {
        Tensor open = gate.Of(hidden).to(type).unsqueeze(-1);   // [batch, 1, 1 or 2, 1]
        return (open.narrow(2, 0, 1), open.narrow(2, open.size(2) - 1, 1));
    };
}
