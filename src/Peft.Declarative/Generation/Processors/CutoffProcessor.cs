using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>
/// Drops tokens below a probability (Hewitt et al. 2022). ε-sampling has it fixed; η-sampling lowers it to √ε · exp(−entropy) where the
/// distribution is flat.
/// </summary>
internal sealed class CutoffProcessor(double epsilon, int keep, bool adaptive) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor probabilities = scores.softmax(1);
        Tensor below = adaptive ? probabilities.lt(Eta(scores, probabilities)) : probabilities.lt(epsilon);
        (Tensor best, _) = scores.topk((int)Math.Min(keep, scores.size(1)), dim: 1);
        Tensor dropped = below.logical_and(scores.lt(best.narrow(1, best.size(1) - 1, 1)));
        return scores.masked_fill(dropped, float.NegativeInfinity);
    }

    private Tensor Eta(Tensor scores, Tensor probabilities)
    {
        Tensor entropy = -(scores.log_softmax(1).clamp_min(float.MinValue) * probabilities).sum(1, keepdim: true);
        return (entropy.neg().exp() * Math.Sqrt(epsilon)).clamp_max(epsilon);
    }
}
