using TorchSharp.Modules;

namespace Peft.Declarative.Layers;

// What the training loop asks of a model beyond the loss.
public abstract partial class CausalLanguageModel : ITrainable
{
    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters =>
    [
        // Adapters side by side may use the same keys, each in its own file.
        .. from adapter in Adapters.Active
           from tensor in adapter.Tensors
           select ($"{adapter.Name}.{tensor.Key}", tensor.Value),
    ];
}
