using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Divides positive and multiplies negative scores of ids that occurred, once per id (Keskar et al. 2019).</summary>
/// <param name="penalty">Above 1 discourages.</param>
/// <param name="seen">Ids [prompts, length] that count as having occurred; the row itself unless given.</param>
internal sealed class RepetitionPenaltyProcessor(double penalty, Tensor? seen = null) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor ids = seen is null ? inputIds : seen.repeat_interleave(scores.size(0) / seen.size(0), 0);
        Tensor old = scores.gather(1, ids);
        return scores.scatter(1, ids, where(old.lt(0), old * penalty, old / penalty));
    }
}
