using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Drops the least likely tokens that together have at most 1 − p of the probability (Holtzman et al. 2019).</summary>
internal sealed class TopPProcessor(double p, int keep) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        (Tensor sorted, Tensor order) = scores.sort(1, descending: false);
        Tensor dropped = sorted.softmax(1).cumsum(1).le(1 - p);
        dropped.narrow(1, dropped.size(1) - keep, keep).fill_(false);
        return scores.masked_fill(dropped.scatter(1, order, dropped), float.NegativeInfinity);
    }
}
