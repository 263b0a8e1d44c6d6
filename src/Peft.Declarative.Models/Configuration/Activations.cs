namespace Peft.Declarative.Models;

/// <summary>Activation functions by their names in config.json.</summary>
internal static class Activations
{
    internal static IReadOnlyDictionary<string, Func<Tensor, Tensor>> ByName { get; } = new Dictionary<string, Func<Tensor, Tensor>>
    {
        ["gelu"] = x => nn.functional.gelu(x),
        ["gelu_new"] = x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        ["gelu_pytorch_tanh"] = x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        ["relu"] = x => nn.functional.relu(x),
        ["silu"] = x => nn.functional.silu(x),
    };
}
