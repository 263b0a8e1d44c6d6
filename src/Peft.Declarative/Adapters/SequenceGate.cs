using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// A learned switch for a whole text: <c>g = mean over time of σ(w x + b)</c>, one number per row and head. Mao et al. 2021, arXiv 2110.07577.
/// </summary>
/// <remarks>
/// The mean runs over the positions of one call, padding too, as in the reference library. With a cache, a later call has one position, and so
/// generated text is gated token by token.
/// </remarks>
public sealed class SequenceGate
{
    // The reference library's for all its gates: at the start every gate is half open.
    private const double StartDeviation = 0.02;

    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>Makes a gate that is about half open.</summary>
    /// <param name="width">Width of what it looks at.</param>
    /// <param name="device">Where its parameters go.</param>
    /// <param name="heads">Numbers per row, each for a part of what is gated.</param>
    public SequenceGate(long width, Device device, int heads = 1)
    {
        using IDisposable untracked = no_grad();
        _weight = Fresh(randn(heads, width, device: device).mul_(StartDeviation));
        _bias = Fresh(zeros(heads, device: device));
    }

    /// <summary>Weight [heads, width] and bias [heads], for the owner to register.</summary>
    internal IEnumerable<(string Name, Parameter Value)> Parameters => [("gate_weight", _weight), ("gate_bias", _bias)];

    /// <summary>How far each row is open, from 0 to 1: [batch, 1, heads].</summary>
    /// <param name="input">What decides [batch, time, width].</param>
    public Tensor Of(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.linear(input.to(_weight.dtype), _weight, _bias).sigmoid_().mean([1], keepdim: true).MoveToOuterDisposeScope();
    }

    /// <summary>Its tensors as files name them.</summary>
    /// <param name="prefix">What stands before <c>gate.weight</c>, with its dot.</param>
    internal IEnumerable<AdapterTensor> TensorsBelow(string prefix) =>
        [new AdapterTensor($"{prefix}gate.weight", _weight), new AdapterTensor($"{prefix}gate.bias", _bias)];

    private static Parameter Fresh(Tensor start) => (Parameter)new Parameter(start).DetachFromDisposeScope();
}
