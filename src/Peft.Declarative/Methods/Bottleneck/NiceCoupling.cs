using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>
/// An invertible network on the embeddings: <c>y₁ = x₁ + F(x₂), y₂ = x₂ + G(y₁)</c>, where <c>x₁, x₂</c> are the halves of a vector. Dinh et al.
/// 2014, arXiv 1410.8516; for languages, Pfeiffer et al. 2020, arXiv 2005.00052.
/// </summary>
public sealed class NiceCoupling : EmbeddingPart
{
    private readonly Func<Tensor, Tensor> _activation;
    private readonly long _half;
    private readonly Parameter[] _f;
    private readonly Parameter[] _g;

    internal NiceCoupling(string adapter, long width, BottleneckConfig config, Device device)
        : base(nameof(NiceCoupling), adapter)
    {
        using IDisposable untracked = no_grad();
        _activation = ActivationFunctions.Of(config.EffectiveActivation);
        _half = width / 2;
        _f = Network("F", width - _half, _half, config.InvertibleReduction, device);
        _g = Network("G", _half, width - _half, config.InvertibleReduction, device);
    }

    /// <summary>Adds a network to the embeddings of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">A bottleneck whose settings include it.</param>
    /// <exception cref="PeftException">PEFT302: the model has no slot for it.</exception>
    public static void Attach(nn.Module model, Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapter);
        PretrainedModel pretrained = model as PretrainedModel ?? throw new PeftException(RuleIds.NeedsCausalModel,
            RuleTexts.NeedsCausalModel("Bottleneck", "trains an invertible network on the embeddings", model.GetType().Name));
        var part = new NiceCoupling(adapter.Name, pretrained.Config.HiddenSize, (BottleneckConfig)adapter.Config, pretrained.Device);
        pretrained.embedding_adapters.Add(part);
        adapter.Add(SublayerSlots.BackboneOf(model), part);
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> AdapterHubTensorsAt(string path, string name) =>
        [.. Named($"{path}invertible_adapters.{name}.F.", _f), .. Named($"{path}invertible_adapters.{name}.G.", _g)];

    internal override Tensor Apply(Tensor embedded)
    {
        Tensor x = embedded.to(_f[0].dtype);
        Tensor first = x.narrow(-1, 0, _half);
        Tensor second = x.narrow(-1, _half, x.size(-1) - _half);
        Tensor y = first.add(Run(_f, second), Scalars.One);
        return cat([y, second.add(Run(_g, y), Scalars.One)], -1).to(embedded.dtype);
    }

    private static IEnumerable<AdapterTensor> Named(string prefix, Parameter[] network) =>
    [
        new AdapterTensor(prefix + "0.weight", network[0]), new AdapterTensor(prefix + "0.bias", network[1]),
        new AdapterTensor(prefix + "2.weight", network[2]), new AdapterTensor(prefix + "2.bias", network[3]),
    ];

    private Parameter[] Network(string name, long input, long output, double reduction, Device device)
    {
        long inner = Math.Max(1, (long)Math.Floor(input / reduction));
        return
        [
            Own(name + "_down_weight", BottleneckStart.Normal(inner, input, device)), Own(name + "_down_bias", zeros(inner, device: device)),
            Own(name + "_up_weight", BottleneckStart.Normal(output, inner, device)), Own(name + "_up_bias", zeros(output, device: device)),
        ];
    }

    private Tensor Run(Parameter[] network, Tensor input) =>
        nn.functional.linear(_activation(nn.functional.linear(input, network[0], network[1])), network[2], network[3]);
}
