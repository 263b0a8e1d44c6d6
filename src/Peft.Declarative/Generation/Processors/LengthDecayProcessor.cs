using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>score(eos) + |score(eos)| · (factor^(length − start) − 1), from the start on.</summary>
/// <param name="start">Length, prompt included, above which it acts.</param>
/// <param name="factor">Growth per token.</param>
/// <param name="eosTokenIds">Ids that end a text.</param>
internal sealed class LengthDecayProcessor(int start, double factor, IEnumerable<int> eosTokenIds) : ILogitsProcessor
{
    private readonly long[] eos = [.. eosTokenIds.Select(id => (long)id).Distinct()];

    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        long over = inputIds.size(1) - start;
        if (over <= 0)
        {
            return scores;
        }

        Tensor index = tensor(eos, device: scores.device);
        Tensor old = scores.index_select(1, index);
        return scores.index_copy(1, index, old + old.abs() * (Math.Pow(factor, over) - 1));
    }
}
