using Peft.Declarative.Adapters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PTuning;

/// <summary>Computes a prompt from one input vector per token: a bidirectional LSTM, then <c>W₂ relu(W₁ h)</c> with biases.</summary>
internal sealed class LstmPromptEncoder : TensorNetwork
{
    private readonly Embedding _input;
    private readonly BidirectionalLstm _lstm;
    private readonly nn.Module<Tensor, Tensor> _layers;

    internal LstmPromptEncoder(long tokens, long width, long hidden, int layers, double dropout, Device device)
        : base(nameof(LstmPromptEncoder))
    {
        _input = nn.Embedding(tokens, width, device: device);
        register_module("embedding", _input);
        _lstm = new BidirectionalLstm(width, hidden, layers, dropout, device);
        register_module("lstm_head", _lstm);
        _layers = nn.Sequential(
            ("0", nn.Linear(2 * hidden, 2 * hidden, device: device)),
            ("1", nn.ReLU()),
            ("2", nn.Linear(2 * hidden, width, device: device)));
        register_module("mlp_head", _layers);
    }

    internal override Tensor Make() => _layers.call(_lstm.call(_input.weight!.unsqueeze(0)).squeeze(0));
}
