using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Takes off a token's score what the choices of earlier beam groups at the same step cost (Vijayakumar et al. 2016).</summary>
/// <param name="penalty">Cost per beam that chose the token.</param>
/// <param name="groupSize">Beams of a group.</param>
internal sealed class HammingDiversityProcessor(double penalty, int groupSize) : ILogitsProcessor
{
    private Tensor? chosen;

    /// <summary>Says what earlier groups chose: int64 [prompts, earlier beams], none of them before the first group.</summary>
    internal void BeginGroup(Tensor chosenByEarlierGroups) => chosen = chosenByEarlierGroups;

    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        if (chosen is null || chosen.numel() == 0)
        {
            return scores;
        }

        Tensor counts = zeros([chosen.size(0), scores.size(1)], dtype: scores.dtype, device: scores.device);
        counts.scatter_add_(1, chosen, ones_like(chosen).to(scores.dtype));
        return scores - (counts * penalty).repeat_interleave(groupSize, 0);
    }
}
