using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>
/// A bottleneck after a sublayer, <c>r + s · U f(D z + d) + u</c>, or parallel to it, where its input is that of the sublayer. Houlsby et al. 2019,
/// arXiv 1902.00751; He et al. 2021, arXiv 2110.04366.
/// </summary>
public class BottleneckLayer : SublayerPart
{
    private readonly BottleneckConfig _config;
    private readonly Func<Tensor, Tensor> _activation;
    private readonly Parameter _downWeight;
    private readonly Parameter _downBias;
    private readonly Parameter _upWeight;
    private readonly Parameter _upBias;
    private readonly Parameter? _scale;
    private readonly SequenceGate? _gate;
    private readonly AdapterNorm? _normBefore;
    private readonly AdapterNorm? _normAfter;

    /// <summary>Creates a bottleneck for a slot; <see cref="SublayerSlot.Add"/> adds it.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="config">The settings.</param>
    /// <param name="block">The index of the slot's block, for settings that differ by block.</param>
    public BottleneckLayer(SublayerSlot slot, string adapter, BottleneckConfig config, int block = 0)
        : base(nameof(BottleneckLayer), slot, adapter)
    {
        ArgumentNullException.ThrowIfNull(slot);
        ArgumentNullException.ThrowIfNull(config);
        using IDisposable untracked = no_grad();
        _config = config;
        _activation = ActivationFunctions.Of(config.EffectiveActivation);
        long width = slot.Width;
        long size = config.SizeAt(width, block);
        _downWeight = Own("adapter_down_weight", BottleneckStart.Down(size, width, config.EffectiveInit, slot.Device));
        _downBias = Own("adapter_down_bias", zeros(size, device: slot.Device));
        _upWeight = Own("adapter_up_weight", BottleneckStart.Up(width, size, config.EffectiveInit, slot.Device));
        _upBias = Own("adapter_up_bias", zeros(width, device: slot.Device));
        _scale = config.LearnedScale == ScaleLearning.None
            ? null
            : Own("scaling", ones(config.LearnedScale == ScaleLearning.Channel ? width : 1, device: slot.Device));
        _gate = config.Gated ? new SequenceGate(width, slot.Device) : null;
        Own(_gate?.Parameters ?? []);
        _normBefore = Norm(config.NormBefore, "adapter_norm_before");
        _normAfter = Norm(config.NormAfter, "adapter_norm_after");
    }

    /// <summary>Whether it is parallel to the sublayer.</summary>
    internal bool IsParallel => _config.IsParallel;

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> AdapterHubTensorsAt(string path, string name)
    {
        string own = $"{path}.adapters.{name}.";
        string down = $"{own}adapter_down.{(_normBefore is null ? 0 : 1)}.";
        IEnumerable<AdapterTensor> tensors =
        [
            new AdapterTensor(down + "weight", _downWeight),
            new AdapterTensor(down + "bias", _downBias),
            new AdapterTensor(own + "adapter_up.weight", _upWeight),
            new AdapterTensor(own + "adapter_up.bias", _upBias),
        ];
        return tensors
            .Concat(_scale is null ? [] : [new AdapterTensor(own + "scaling", _scale)])
            .Concat(_gate?.TensorsBelow(own) ?? [])
            .Concat(_normBefore?.TensorsBelow(own + "adapter_norm_before") ?? [])
            .Concat(_normAfter?.TensorsBelow(own + "adapter_norm_after") ?? []);
    }

    // There, the norm before the adapter is both a part of the adapter and the first step of its down projection.
    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> AdapterHubCopiesAt(string path, string name) =>
        _normBefore?.TensorsBelow($"{path}.adapters.{name}.adapter_down.0") ?? [];

    internal override Tensor Apply(Tensor hidden, SublayerPass pass)
    {
        BottleneckInput input = Read(hidden, pass);
        if (_gate is null && _normAfter is null && !Drops)
        {
            return Scaled(input.Read, input.Residual).to(hidden.dtype);
        }

        Tensor result = Dropped(Scaled(input.Read));
        if (_gate is not null)
        {
            result = result * _gate.Of(WithoutPadding(input.Read));
        }

        return Residual(result, input.Residual).to(hidden.dtype);
    }

    internal override Tensor Finish(Tensor hidden, SublayerPass pass) =>
        _config.SumAfter ? SublayerPass.Sum(hidden, pass.Input, pass.Norm) : hidden;

    /// <summary>Computes the input and the residual of the bottleneck.</summary>
    internal BottleneckInput Read(Tensor hidden, SublayerPass pass)
    {
        if (_config.IsParallel)
        {
            return new BottleneckInput(pass.Input, hidden, pass.Input);
        }

        Tensor sum = _config.ReadsSum ? hidden.add(pass.Input, Scalars.One) : hidden;
        Tensor read = _config.ReadsSum && pass.Norm is { } norm ? norm.call(sum) : sum;
        return new BottleneckInput(read, Residual: _config.Residual switch
        {
            BottleneckResidual.Normalised => read,
            BottleneckResidual.Sum => sum,
            _ => hidden,
        }, Before: _config.IsParallel ? pass.Input : hidden);
    }

    /// <summary>Computes the scaled result, without dropout and gate [batch, time, hidden].</summary>
    /// <param name="input">The input of the projections.</param>
    /// <param name="residual">The residual, which is added to the result. The default is <see langword="null"/>, for none.</param>
    internal Tensor Scaled(Tensor input, Tensor? residual = null)
    {
        Tensor x = input.dtype == _downWeight.dtype ? input : input.to(_downWeight.dtype);
        x = _normBefore?.Of(x) ?? x;
        bool skips = _config.StochasticDepth > 0 && training;
        var projections = new BottleneckProjections(_downWeight, _downBias, _upWeight, _upBias);
        if (!skips && _scale is null && BottleneckFunction.Fits(x, residual, projections))
        {
            return BottleneckFunction.Of(x, residual, projections, _config.EffectiveActivation, _config.EffectiveScale);
        }

        Tensor inner = _activation(nn.functional.linear(x, _downWeight, _downBias));
        Tensor up = nn.functional.linear(inner, _upWeight, _upBias);
        if (skips)
        {
            double kept = 1 - _config.StochasticDepth;
            up = up * rand(up.size(0), 1, 1, device: up.device).lt(Scalars.Of(kept)).to(up.dtype).div_(Scalars.Of(kept));
        }

        Tensor scaled = _scale is not null ? up * _scale : _config.EffectiveScale == 1 ? up : up * Scalars.Of(_config.EffectiveScale);
        return residual is null ? scaled : scaled.add(residual, Scalars.One);
    }

    private bool Drops => _config.Dropout > 0 && training;

    private Tensor Dropped(Tensor result) => Drops ? nn.functional.dropout(result, _config.Dropout, training: true) : result;

    private Tensor Residual(Tensor result, Tensor residual)
    {
        // A parallel adapter has no residual of its own: the result of the sublayer is added.
        bool before = _config.ResidualBeforeNormAfter && !_config.IsParallel;
        if (before)
        {
            result = result.add(residual, Scalars.One);
        }

        result = _normAfter?.Of(result) ?? result;
        return before ? result : result.add(residual, Scalars.One);
    }

    private AdapterNorm? Norm(bool wanted, string name)
    {
        AdapterNorm? norm = wanted ? new AdapterNorm(name, SublayerSlot.Width, SublayerSlot.Device) : null;
        Own(norm?.Parameters ?? []);
        return norm;
    }
}

/// <summary>The input of a bottleneck, each tensor [batch, time, hidden].</summary>
/// <param name="Read">The input of the projections.</param>
/// <param name="Residual">The residual, which is added to the result.</param>
/// <param name="Before">The hidden states before anything was added or normalized. A fusion can use them as its query.</param>
internal readonly record struct BottleneckInput(Tensor Read, Tensor Residual, Tensor Before);
