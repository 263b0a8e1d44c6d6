using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Divides the scores by a temperature.</summary>
internal sealed class TemperatureProcessor(double temperature) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores) => scores / Scalars.Of(temperature);
}

/// <summary>Keeps the scores of the k most likely tokens, and of those that are equal to the k-th.</summary>
internal sealed class TopKProcessor(int count, int keep) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        int most = (int)Math.Min(Math.Max(count, keep), scores.size(1));
        (Tensor values, _) = scores.topk(most, dim: 1);
        return scores.masked_fill(scores.lt(values.narrow(1, most - 1, 1)), Scalars.Of(float.NegativeInfinity));
    }
}

/// <summary>Removes the least likely tokens that together have at most 1 − p of the probability (Holtzman et al. 2019).</summary>
internal sealed class TopPProcessor(double p, int keep) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        (Tensor sorted, Tensor order) = scores.sort(1, descending: false);
        Tensor dropped = sorted.softmax(1).cumsum(1).le(Scalars.Of(1 - p));
        dropped.narrow(1, dropped.size(1) - keep, keep).fill_(Scalars.Of(false));
        return scores.masked_fill(dropped.scatter(1, order, dropped), Scalars.Of(float.NegativeInfinity));
    }
}

/// <summary>Removes tokens with less than a fraction of the most likely one's probability.</summary>
internal sealed class MinPProcessor(double share, int keep) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor probabilities = scores.softmax(1);
        Tensor dropped = probabilities.lt(probabilities.amax([1], keepdim: true) * Scalars.Of(share));
        Tensor order = scores.argsort(1, descending: true);
        Tensor sorted = dropped.gather(1, order);
        sorted.narrow(1, 0, keep).fill_(Scalars.Of(false));
        return scores.masked_fill(sorted.scatter(1, order, sorted), Scalars.Of(float.NegativeInfinity));
    }
}

/// <summary>Keeps the tokens whose information is closest to the entropy, up to a probability (Meister et al. 2022).</summary>
internal sealed class TypicalPProcessor(double mass, int keep) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor logs = scores.log_softmax(1);
        Tensor entropy = -(logs * logs.exp()).nan_to_num(0).sum(1, keepdim: true);   // NaN for a token that was removed before: 0 · −∞
        (Tensor distances, Tensor order) = (-logs - entropy).abs().sort(1, descending: false);
        Tensor cumulative = scores.gather(1, order).softmax(1).cumsum(1);
        Tensor last = cumulative.lt(Scalars.Of(mass)).sum(1, keepdim: true).clamp_max(Scalars.Of(scores.size(1) - 1));
        Tensor dropped = distances.gt(distances.gather(1, last));
        dropped.narrow(1, 0, keep).fill_(Scalars.Of(false));
        return scores.masked_fill(dropped.scatter(1, order, dropped), Scalars.Of(float.NegativeInfinity));
    }
}

/// <summary>
/// Removes tokens below a probability (Hewitt et al. 2022). In ε-sampling, it is constant; η-sampling lowers it to √ε · exp(−entropy) if the
/// distribution is flat.
/// </summary>
internal sealed class CutoffProcessor(double epsilon, int keep, bool adaptive) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor probabilities = scores.softmax(1);
        Tensor below = adaptive ? probabilities.lt(Eta(scores, probabilities)) : probabilities.lt(Scalars.Of(epsilon));
        (Tensor best, _) = scores.topk((int)Math.Min(keep, scores.size(1)), dim: 1);
        Tensor dropped = below.logical_and(scores.lt(best.narrow(1, best.size(1) - 1, 1)));
        return scores.masked_fill(dropped, Scalars.Of(float.NegativeInfinity));
    }

    private Tensor Eta(Tensor scores, Tensor probabilities)
    {
        Tensor entropy = -(scores.log_softmax(1).clamp_min(Scalars.Of(float.MinValue)) * probabilities).sum(1, keepdim: true);
        return (entropy.neg().exp() * Scalars.Of(Math.Sqrt(epsilon))).clamp_max(Scalars.Of(epsilon));
    }
}

/// <summary>Normalizes scores to log-probabilities.</summary>
internal sealed class RenormalizeProcessor : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores) => scores.log_softmax(1);
}
