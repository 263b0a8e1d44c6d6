using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Keeps the tokens whose information is nearest to the entropy, up to a probability (Meister et al. 2022).</summary>
internal sealed class TypicalPProcessor(double mass, int keep) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor logs = scores.log_softmax(1);
        Tensor entropy = -(logs * logs.exp()).nan_to_num(0).sum(1, keepdim: true);   // NaN where a token was dropped before: 0 · −∞
        (Tensor distances, Tensor order) = (-logs - entropy).abs().sort(1, descending: false);
        Tensor cumulative = scores.gather(1, order).softmax(1).cumsum(1);
        Tensor last = cumulative.lt(mass).sum(1, keepdim: true).clamp_max(scores.size(1) - 1);
        Tensor dropped = distances.gt(distances.gather(1, last));
        dropped.narrow(1, 0, keep).fill_(false);
        return scores.masked_fill(dropped.scatter(1, order, dropped), float.NegativeInfinity);
    }
}
