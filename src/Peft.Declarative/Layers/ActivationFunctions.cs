using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>The functions of the activations, and their names in configuration files.</summary>
internal static class ActivationFunctions
{
    // The first name of each activation is the one that is written.
    private static readonly (string Name, Activation Value)[] Names =
    [
        ("relu", Activation.Relu), ("swish", Activation.Swish), ("silu", Activation.Swish), ("gelu", Activation.Gelu),
        ("gelu_new", Activation.GeluTanh), ("gelu_pytorch_tanh", Activation.GeluTanh), ("tanh", Activation.Tanh), ("sigmoid", Activation.Sigmoid),
        ("leakyrelu", Activation.LeakyRelu), ("relu6", Activation.Relu6), ("mish", Activation.Mish), ("linear", Activation.Linear),
    ];

    internal static IEnumerable<string> KnownNames => Names.Select(entry => entry.Name);

    /// <summary>The activation with a name from a file, ignoring case; <see langword="null"/> if the name is unknown.</summary>
    internal static Activation? ByName(string name) =>
        Names.Where(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(entry => (Activation?)entry.Value).FirstOrDefault();

    internal static string NameOf(Activation activation) => Names.First(entry => entry.Value == activation).Name;

    internal static Func<Tensor, Tensor> Of(Activation activation) => activation switch
    {
        Activation.Relu => x => nn.functional.relu(x),
        Activation.Swish => x => nn.functional.silu(x),
        Activation.Gelu => x => nn.functional.gelu(x),
        Activation.GeluTanh => x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        Activation.Tanh => x => x.tanh(),
        Activation.Sigmoid => x => x.sigmoid(),
        Activation.LeakyRelu => x => x.leaky_relu(Scalars.Of(0.01)),
        Activation.Relu6 => x => x.hardtanh(Scalars.Of(0.0), Scalars.Of(6.0)),
        Activation.Mish => Operators.Mish,
        _ => x => x,
    };
}
