using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Makes scores log-probabilities.</summary>
internal sealed class RenormalizeProcessor : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores) => scores.log_softmax(1);
}
