using Peft.Declarative.Layers;

namespace Peft.Declarative.Models;

/// <summary>Activation functions by their names in config.json.</summary>
internal static class Activations
{
    internal static IReadOnlyDictionary<string, Func<Tensor, Tensor>> ByName { get; } = new Dictionary<string, Func<Tensor, Tensor>>
    {
        ["gelu"] = Recomputed(x => nn.functional.gelu(x)),
        ["gelu_new"] = Recomputed(x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh)),
        ["gelu_pytorch_tanh"] = Recomputed(x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh)),
        ["relu"] = x => nn.functional.relu(x),   // its gradient needs its result
        ["silu"] = Recomputed(x => nn.functional.silu(x)),
    };

    private static Func<Tensor, Tensor> Recomputed(Func<Tensor, Tensor> activation) =>
        x => Recomputation.IsOn ? Recomputation.Of([x], sources => activation(sources[0])) : activation(x);
}
