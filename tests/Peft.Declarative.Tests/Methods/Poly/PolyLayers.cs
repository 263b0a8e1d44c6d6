using Peft.Declarative.Methods.Poly;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Poly;

/// <summary>Single layers with skills, and what their formula says.</summary>
internal static class PolyLayers
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

    /// <summary>Gives all tensors of a layer other values.</summary>
    internal static PolyLinear Perturbed(PolyLinear layer)
    {
        using IDisposable untracked = no_grad();
        foreach (Parameter tensor in Tensors(layer).Values)
        {
            tensor.copy_(Uniform(tensor.numel(), tensor.shape) * 3);
        }

        layer.eval();
        return layer;
    }

    /// <summary>The trained tensors by their names in files.</summary>
    internal static Dictionary<string, Parameter> Tensors(PolyLinear layer) =>
        layer.TensorsAt("layer").ToDictionary(tensor => tensor.Key["base_model.model.layer.".Length..], tensor => tensor.Value);

    /// <summary>The change [out, in] of a row: part by part of the features, with weights [splits, skills] of the skills.</summary>
    internal static Tensor Change(PolyLinear layer, Tensor weights)
    {
        Dictionary<string, Parameter> tensors = Tensors(layer);
        (Tensor a, Tensor b) = (tensors["poly_lora_A"], tensors["poly_lora_B"]);
        Tensor[] factors = [.. new[] { a, b }.Select(skills => stack([.. Enumerable.Range(0, (int)a.size(0)).Select(split =>
            stack([.. Enumerable.Range(0, (int)a.size(1)).Select(skill => skills[split, skill] * weights[split, skill])]).sum(dim: 0))]))];
        Tensor down = cat([.. factors[0].unbind()], 0);   // [in, rank]
        Tensor up = cat([.. factors[1].unbind()], 1);     // [rank, out]
        return down.mm(up).t() / a.size(3);
    }

    private static Tensor Uniform(long seed, params long[] shape)
    {
        random.manual_seed(seed);
        return rand(shape) - 0.5;
    }
}
