using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PTuning;

/// <summary>
/// A bidirectional LSTM over [batch, time, in] with PyTorch's names for its parameters, gates in its order (input, forget, cell, output). Hochreiter,
/// Schmidhuber 1997.
/// </summary>
internal sealed class BidirectionalLstm : nn.Module<Tensor, Tensor>
{
    private readonly long _hidden;
    private readonly int _depth;
    private readonly double _dropout;
    private readonly Tensor[] _weights;

    internal BidirectionalLstm(long input, long hidden, int layers, double dropout, Device device)
        : base(nameof(BidirectionalLstm))
    {
        (_hidden, _depth, _dropout) = (hidden, layers, dropout);
        _weights =
        [
            .. from layer in Enumerable.Range(0, layers)
               from direction in new[] { "", "_reverse" }
               from weight in Direction(layer == 0 ? input : 2 * hidden, $"l{layer}{direction}", device)
               select weight,
        ];
    }

    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor state = zeros(2L * _depth, x.size(0), _hidden, dtype: x.dtype, device: x.device);
        return Operators.Lstm(x, state, _weights, _depth, _dropout, training).MoveToOuterDisposeScope();
    }

    // Parameters are registered by name when they are created. TorchSharp would register the fields again, under their own names.
    protected override void RegisterComponents()
    {
    }

    private Tensor[] Direction(long input, string name, Device device) =>
    [
        Draw($"weight_ih_{name}", [4 * _hidden, input], device),
        Draw($"weight_hh_{name}", [4 * _hidden, _hidden], device),
        Draw($"bias_ih_{name}", [4 * _hidden], device),
        Draw($"bias_hh_{name}", [4 * _hidden], device),
    ];

    private Parameter Draw(string name, long[] shape, Device device)
    {
        double bound = 1 / Math.Sqrt(_hidden);
        var weight = new Parameter(empty(shape, device: device));
        nn.init.uniform_(weight, -bound, bound);
        register_parameter(name, weight);
        return weight;
    }
}
