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
        Activation.Relu6 => Operators.Relu6,
        Activation.Mish => Operators.Mish,
        _ => x => x,
    };

    /// <summary>Computes the gradient of the input of an activation.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="gradient">The gradient of the output.</param>
    /// <param name="x">The input.</param>
    internal static Tensor Gradient(Activation activation, Tensor gradient, Tensor x) => activation switch
    {
        Activation.Relu => Operators.Gradient("relu_gradient", gradient, x),
        Activation.Swish => Operators.Gradient("swish_gradient", gradient, x),
        Activation.Gelu => Operators.Gradient("gelu_gradient", gradient, x),
        Activation.GeluTanh => Operators.Gradient("gelu_tanh_gradient", gradient, x),
        Activation.Tanh => Operators.Gradient("tanh_gradient", gradient, x),
        Activation.Sigmoid => Operators.Gradient("sigmoid_gradient", gradient, x),
        Activation.LeakyRelu => Operators.Gradient("leaky_relu_gradient", gradient, x),
        Activation.Relu6 => Operators.Gradient("relu6_gradient", gradient, x),
        Activation.Mish => Operators.Gradient("mish_gradient", gradient, x),
        _ => gradient,
    };
}
