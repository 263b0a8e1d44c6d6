using Peft.Declarative.Methods.LoHa;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.LoHa;

/// <summary>Single layers with a structured change, away from the start, and what their formula says.</summary>
internal static class LycorisLayers
{
    internal const long Input = 12;
    internal const long Output = 18;

    /// <summary>An input [2, 3, in], the same each time.</summary>
    internal static Tensor Inputs => Uniform(4, 2, 3, Input);

    /// <summary>A frozen layer [18, 12].</summary>
    internal static Linear Frozen()
    {
        random.manual_seed(1);
        return nn.Linear(Input, Output);
    }

    /// <summary>Gives all factors of a layer other values.</summary>
    internal static T Perturbed<T>(T layer)
        where T : LycorisLayer
    {
        using IDisposable untracked = no_grad();
        foreach (Parameter tensor in Factors(layer).Values)
        {
            tensor.copy_(Uniform(tensor.numel(), tensor.shape));
        }

        layer.eval();
        return layer;
    }

    /// <summary>The trained tensors by their names in files.</summary>
    internal static Dictionary<string, Parameter> Factors(LycorisLayer layer) =>
        layer.TensorsAt("layer").ToDictionary(tensor => tensor.Key["base_model.model.layer.".Length..], tensor => tensor.Value);

    /// <summary>Checks outputs and gradients of a layer against those of its dense change [out, in].</summary>
    internal static void AssertIs(Func<Dictionary<string, Parameter>, Tensor> change, LycorisLayer layer, Linear frozen)
    {
        Tensor output = layer.call(Inputs);
        Dictionary<string, Tensor> gradients = Gradients(layer, output);
        Tensor expected = nn.functional.linear(Inputs, frozen.weight + change(Factors(layer)), frozen.bias);

        Fixtures.Close.To(expected.detach(), output, 1e-5, "output");
        foreach ((string name, Tensor gradient) in Gradients(layer, expected))
        {
            Fixtures.Close.To(gradient, gradients[name], 1e-4, name);
        }
    }

    private static Dictionary<string, Tensor> Gradients(LycorisLayer layer, Tensor output)
    {
        output.square().sum().backward();
        return Factors(layer).ToDictionary(tensor => tensor.Key, tensor =>
        {
            Tensor gradient = tensor.Value.grad!.clone();
            tensor.Value.grad = null;
            return gradient;
        });
    }

    private static Tensor Uniform(long seed, params long[] shape)
    {
        random.manual_seed(seed);
        return rand(shape) - 0.5;
    }
}
