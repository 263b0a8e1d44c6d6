using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>A layer norm that belongs to a bottleneck. Its weight starts at one and its bias at zero.</summary>
internal sealed class AdapterNorm
{
    // PyTorch's default, which the reference library uses.
    private const double Epsilon = 1e-5;

    private readonly string _name;
    private readonly long[] _width;
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    internal AdapterNorm(string name, long width, Device device)
    {
        _name = name;
        _width = [width];
        _weight = (Parameter)new Parameter(ones(width, device: device)).DetachFromDisposeScope();
        _bias = (Parameter)new Parameter(zeros(width, device: device)).DetachFromDisposeScope();
    }

    /// <summary>The weight and bias [width], for the owner to register.</summary>
    internal IEnumerable<(string Name, Parameter Value)> Parameters => [(_name + "_weight", _weight), (_name + "_bias", _bias)];

    internal Tensor Of(Tensor hidden) => nn.functional.layer_norm(hidden, _width, _weight, _bias, Epsilon);

    internal IEnumerable<AdapterTensor> TensorsBelow(string prefix) =>
        [new AdapterTensor(prefix + ".weight", _weight), new AdapterTensor(prefix + ".bias", _bias)];
}
