using Peft.Declarative.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

// What the training loop asks of a model.
public abstract partial class PretrainedModel : ITrainable
{
    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters => Adapters.TrainableParameters;

    /// <inheritdoc/>
    public virtual bool PredictsFirstToken => false;

    /// <inheritdoc/>
    public abstract Tensor SumLoss(MicroBatch micro);
}
