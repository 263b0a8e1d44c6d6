using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Takes off the score of an id a number if it was generated, and another for each time, by OpenAI's definition; the prompt does not count.</summary>
/// <param name="presence">Taken off once; below 0 encourages.</param>
/// <param name="frequency">Taken off for each time; below 0 encourages.</param>
/// <param name="promptLength">Ids of the prompt, padding included.</param>
internal sealed class OccurrencePenaltyProcessor(double presence, double frequency, int promptLength) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        long generated = inputIds.size(1) - promptLength;
        if (generated <= 0)
        {
            return scores.alias();
        }

        Tensor ids = inputIds.narrow(1, promptLength, generated);
        Tensor counts = zeros_like(scores).scatter_add(1, ids, ones_like(ids, dtype: scores.dtype));
        return scores - (counts * frequency) - (counts.gt(0).to(scores.dtype) * presence);
    }
}
