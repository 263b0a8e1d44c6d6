using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Drops tokens that have less than a share of the most likely one's probability.</summary>
internal sealed class MinPProcessor(double share, int keep) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor probabilities = scores.softmax(1);
        Tensor dropped = probabilities.lt(probabilities.amax([1], keepdim: true) * share);
        Tensor order = scores.argsort(1, descending: true);
        Tensor sorted = dropped.gather(1, order);
        sorted.narrow(1, 0, keep).fill_(false);
        return scores.masked_fill(sorted.scatter(1, order, sorted), float.NegativeInfinity);
    }
}
