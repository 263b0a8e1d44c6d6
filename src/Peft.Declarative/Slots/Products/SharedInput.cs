using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>Layers that read one input, such as query, key and value: one function computes those that allow it.</summary>
internal static class SharedInput
{
    /// <summary>Computes the output […, out] of each layer with its adapters.</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="layers">The layers. The output of each must be used.</param>
    internal static Tensor[] Call(Tensor input, params ReadOnlySpan<nn.Module<Tensor, Tensor>> layers) => Call(input, ScalarType.Float32, layers);

    /// <summary>The same for a function that keeps the outputs: they are in the type of <see cref="KeptActivations"/> where one function computes them.</summary>
    internal static Tensor[] CallForKeeping(Tensor input, params ReadOnlySpan<nn.Module<Tensor, Tensor>> layers) =>
        Call(input, KeptActivations.AreNarrow ? ScalarType.BFloat16 : ScalarType.Float32, layers);

    private static Tensor[] Call(Tensor input, ScalarType type, ReadOnlySpan<nn.Module<Tensor, Tensor>> layers)
    {
        var outputs = new Tensor[layers.Length];
        var products = new LayerProduct[layers.Length];
        int count = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            if (ProductOf(layers[i], input) is { } product)
            {
                products[count++] = product;
            }
            else
            {
                outputs[i] = layers[i].call(input);
            }
        }

        if (count > 0)
        {
            int next = 0;
            Array.Resize(ref products, count);
            List<Tensor> joint = JointProduct.Of(input, products, type);
            for (int i = 0; i < outputs.Length; i++)
            {
                outputs[i] ??= joint[next++];
            }
        }

        return outputs;
    }

    private static LayerProduct? ProductOf(nn.Module<Tensor, Tensor> layer, Tensor input) => layer switch
    {
        WeightLayer own => LayerProduct.Of(own, null, input),
        AdapterLayer { AppliedParts: { Length: < 2 } parts } adapted when !ModuleHooks.Any(adapted) =>
            LayerProduct.Of(adapted.Base, parts.Length == 0 ? null : parts[0], input),
        _ => null,
    };
}
