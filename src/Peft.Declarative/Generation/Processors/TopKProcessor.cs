using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Keeps the scores of the k most likely tokens, and of those tied with the k-th.</summary>
internal sealed class TopKProcessor(int count, int keep) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        int most = (int)Math.Min(Math.Max(count, keep), scores.size(1));
        (Tensor values, _) = scores.topk(most, dim: 1);
        return scores.masked_fill(scores.lt(values.narrow(1, most - 1, 1)), float.NegativeInfinity);
    }
}
