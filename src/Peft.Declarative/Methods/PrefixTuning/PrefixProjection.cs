using Peft.Declarative.Adapters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>
/// Computes the keys and values of all layers from one vector per token: <c>W₂ g(W₁ e)</c>, with biases. The default of <c>g</c> is tanh.
/// </summary>
internal sealed class PrefixProjection : TensorNetwork
{
    private readonly Embedding _input;
    private readonly Linear _down;
    private readonly Linear _up;
    private readonly Func<Tensor, Tensor> _activation;

    internal PrefixProjection(long tokens, long width, long hidden, long output, Device device, Func<Tensor, Tensor>? activation = null)
        : base(nameof(PrefixProjection))
    {
        _activation = activation ?? (x => x.tanh());
        _input = nn.Embedding(tokens, width, device: device);
        register_module("embedding", _input);
        _down = nn.Linear(width, hidden, device: device);
        _up = nn.Linear(hidden, output, device: device);
        register_module("transform", nn.Sequential(("0", _down), ("2", _up)));   // for the names; index 1 is the activation
    }

    internal override Tensor Make() => _up.call(_activation(_down.call(_input.weight!)));
}
