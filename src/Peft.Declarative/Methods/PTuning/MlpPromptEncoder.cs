using Peft.Declarative.Adapters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PTuning;

/// <summary>Computes a prompt from one input vector per token: <c>W₃ relu(W₂ relu(W₁ e))</c>, with biases.</summary>
internal sealed class MlpPromptEncoder : TensorNetwork
{
    private readonly Embedding _input;
    private readonly nn.Module<Tensor, Tensor> _layers;

    internal MlpPromptEncoder(long tokens, long width, long hidden, Device device)
        : base(nameof(MlpPromptEncoder))
    {
        _input = nn.Embedding(tokens, width, device: device);
        register_module("embedding", _input);
        _layers = nn.Sequential(
            ("0", nn.Linear(width, hidden, device: device)),
            ("1", nn.ReLU()),
            ("2", nn.Linear(hidden, hidden, device: device)),
            ("3", nn.ReLU()),
            ("4", nn.Linear(hidden, width, device: device)));
        register_module("mlp_head", _layers);
    }

    internal override Tensor Make() => _layers.call(_input.weight!);
}
