using Peft.Declarative.Adapters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>Makes the keys and values of all layers from one vector per token: <c>W₂ tanh(W₁ e)</c>, with biases.</summary>
internal sealed class PrefixProjection : TensorNetwork
{
    private readonly Embedding _input;
    private readonly nn.Module<Tensor, Tensor> _layers;

    internal PrefixProjection(long tokens, long width, long hidden, long output, Device device)
        : base(nameof(PrefixProjection))
    {
        _input = nn.Embedding(tokens, width, device: device);
        register_module("embedding", _input);
        _layers = nn.Sequential(
            ("0", nn.Linear(width, hidden, device: device)),
            ("1", nn.Tanh()),
            ("2", nn.Linear(hidden, output, device: device)));
        register_module("transform", _layers);
    }

    internal override Tensor Make() => _layers.call(_input.weight!);
}
