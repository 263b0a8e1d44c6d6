using Peft.Declarative.BaseModels;
using Peft.Declarative.Methods.Bottleneck;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdapterFusion;

/// <summary>
/// Attention over the outputs <c>uᵢ</c> of bottlenecks after one sublayer: <c>α = softmax((q Q) · (uᵢ K) / T)</c>, <c>Σ αᵢ (uᵢ V) + r</c>, where
/// <c>q</c> is the input of the bottlenecks. Pfeiffer et al. 2020, arXiv 2005.00247.
/// </summary>
public class FusionLayer : SublayerPart
{
    private const double FirstTemperature = 50;
    private const double TemperatureStep = FirstTemperature / 1000;
    private const double OffDiagonal = 1e-6;

    private readonly AdapterFusionConfig _config;
    private readonly Parameter? _queryWeight;
    private readonly Parameter? _queryBias;
    private readonly Parameter? _keyWeight;
    private readonly Parameter? _keyBias;
    private readonly Parameter? _valueWeight;
    private double _temperature;
    private double _lastTemperature;

    /// <summary>Creates a fusion for a slot with bottlenecks; <see cref="SublayerSlot.Add"/> adds it.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="adapter">The name of the fusion.</param>
    /// <param name="config">The names of the bottlenecks, and the settings.</param>
    public FusionLayer(SublayerSlot slot, string adapter, AdapterFusionConfig config)
        : base(nameof(FusionLayer), slot, adapter)
    {
        ArgumentNullException.ThrowIfNull(slot);
        ArgumentNullException.ThrowIfNull(config);
        using IDisposable untracked = no_grad();
        _config = config;
        _temperature = _lastTemperature = config.Temperature ? FirstTemperature : 1;
        long width = slot.Width;
        Tensor Square() => BottleneckStart.Normal(width, width, slot.Device);
        if (config.Query)
        {
            _queryWeight = Own("query_weight", Square());
            _queryBias = Own("query_bias", zeros(width, device: slot.Device));
        }

        if (config.Key)
        {
            _keyWeight = Own("key_weight", Square());
            _keyBias = Own("key_bias", zeros(width, device: slot.Device));
        }

        if (config.Value)
        {
            _valueWeight = Own("value_weight", config.ValueInitialized ? NearIdentity(width, slot.Device) : Square());
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> AdapterHubTensorsAt(string path, string name)
    {
        string own = $"{path}.adapter_fusion_layer.{name}.";
        return new (string Name, Parameter? Value)[]
        {
            ("query.weight", _queryWeight), ("query.bias", _queryBias), ("key.weight", _keyWeight), ("key.bias", _keyBias), ("value.weight", _valueWeight),
        }.Where(entry => entry.Value is not null).Select(entry => new AdapterTensor(own + entry.Name, entry.Value!));
    }

    /// <summary>Gets the bottlenecks of a fusion in a slot. Some of them can have no part in its block.</summary>
    internal static List<BottleneckLayer> MembersAt(SublayerSlot slot, AdapterFusionConfig config)
    {
        List<BottleneckLayer> members = [];
        foreach (string name in config.Adapters)
        {
            if (slot.Of(name) is BottleneckLayer member)
            {
                members.Add(member);
            }
        }

        return members;
    }

    /// <summary>
    /// Computes the sum of the squared differences between the value matrix and the identity; <see langword="null"/> if there is no value matrix.
    /// </summary>
    internal Tensor? DistanceFromIdentity() =>
        _valueWeight is null ? null : (eye(_valueWeight.size(0), device: _valueWeight.device) - _valueWeight).pow(Scalars.Of(2)).sum();

    internal override Tensor Apply(Tensor hidden, SublayerPass pass)
    {
        List<BottleneckLayer> members = MembersAt(SublayerSlot, _config);
        BottleneckInput input = members[^1].Read(hidden, pass);   // in the reference library, the settings of the last one apply to all of them
        Tensor residual = members[^1].IsParallel ? input.Residual.add(pass.Input, Scalars.One) : input.Residual;
        Tensor made = stack(members.ConvertAll(member => member.Scaled(input.Read)), 2);   // [batch, time, adapters, hidden]
        if (_config.ResidualBefore)
        {
            made = made.add(residual.unsqueeze(2), Scalars.One);
        }

        Tensor blended = Blend((_config.QueryBeforeNorm ? input.Before : input.Read).to(made.dtype), made);
        return (_config.ResidualBefore ? blended : blended.add(residual, Scalars.One)).to(hidden.dtype);
    }

    internal override Tensor Finish(Tensor hidden, SublayerPass pass) => MembersAt(SublayerSlot, _config)[^1].Finish(hidden, pass);

    private static Tensor NearIdentity(long width, Device device) =>
        full([width, width], Scalars.Of(OffDiagonal), dtype: ScalarType.Float32, device: device).masked_fill_(eye(width, dtype: ScalarType.Bool, device: device), Scalars.Of(1.0));

    private Tensor Blend(Tensor question, Tensor made)
    {
        Tensor query = _queryWeight is null ? question : nn.functional.linear(question, _queryWeight, _queryBias);
        Tensor keys = _keyWeight is null ? made : nn.functional.linear(made, _keyWeight, _keyBias);
        Tensor values = _valueWeight is null || !_config.ValueBeforeSoftmax ? made : nn.functional.linear(made, _valueWeight);

        Tensor scores = (query.unsqueeze(2) * keys).sum(-1);   // [batch, time, adapters]
        if (_config.Dropout > 0 && training)
        {
            scores = nn.functional.dropout(scores, _config.Dropout, training: true);
        }

        Tensor shares = nn.functional.softmax(scores / Scalars.Of(NextTemperature()), -1);
        Tensor blended = (shares.unsqueeze(-1) * values).sum(2);
        return _valueWeight is null || _config.ValueBeforeSoftmax ? blended : nn.functional.linear(blended, _valueWeight);
    }

    // Decreases with each forward pass in training. A pass that is repeated by gradient checkpointing has the same temperature.
    private double NextTemperature()
    {
        if (!training)
        {
            return _temperature;
        }

        if (!Checkpoint.IsRunningAgain)
        {
            _lastTemperature = _temperature;
            _temperature = _config.Temperature ? Math.Max(_temperature - TemperatureStep, 1) : 1;
        }

        return _lastTemperature;
    }
}
