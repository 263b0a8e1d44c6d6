using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// A trained gate for a whole sequence: <c>g = mean over time of σ(w x + b)</c>, one number per row and head. Mao et al. 2021, arXiv 2110.07577.
/// </summary>
/// <remarks>
/// The mean is over the positions of one call, including padding, as in the reference library. With a cache, a later call has one position, so that
/// generated text is gated token by token.
/// </remarks>
internal sealed class SequenceGate
{
    // The standard deviation of the reference library, which leaves every gate half open at the start.
    private const double StartDeviation = 0.02;

    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>Creates a gate that is about half open.</summary>
    /// <param name="width">The width of its input.</param>
    /// <param name="device">The device of its parameters.</param>
    /// <param name="heads">The number of gates per row. The default is 1.</param>
    public SequenceGate(long width, Device device, int heads = 1)
    {
        using IDisposable untracked = no_grad();
        _weight = Fresh(randn(heads, width, device: device).mul_(Scalars.Of(StartDeviation)));
        _bias = Fresh(zeros(heads, device: device));
    }

    /// <summary>Weight [heads, width] and bias [heads], for the owner to register.</summary>
    internal IEnumerable<(string Name, Parameter Value)> Parameters => [("gate_weight", _weight), ("gate_bias", _bias)];

    /// <summary>Computes how far the gate of each row is open, from 0 to 1.</summary>
    /// <param name="input">The input [batch, time, width].</param>
    /// <returns>The gates [batch, 1, heads].</returns>
    public Tensor Of(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.linear(input.to(_weight.dtype), _weight, _bias).sigmoid_().mean([1], keepdim: true).MoveToOuterDisposeScope();
    }

    /// <summary>Gets the tensors with their names in the adapter's file.</summary>
    /// <param name="prefix">The part of the name before <c>gate.weight</c>, including the dot.</param>
    internal IEnumerable<AdapterTensor> TensorsBelow(string prefix) =>
        [new AdapterTensor($"{prefix}gate.weight", _weight), new AdapterTensor($"{prefix}gate.bias", _bias)];

    private static Parameter Fresh(Tensor start) => (Parameter)new Parameter(start).DetachFromDisposeScope();
}
