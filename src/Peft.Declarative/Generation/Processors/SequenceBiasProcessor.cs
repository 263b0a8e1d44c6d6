using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Adds a bias to the token that completes a sequence. Biases of several sequences add up.</summary>
internal sealed class SequenceBiasProcessor(IReadOnlyList<SequenceBias> biases) : ILogitsProcessor
{
    /// <summary>Sequences that are never completed. One that is nothing but an end-of-text id is left out: texts must be able to end.</summary>
    internal static SequenceBiasProcessor Forbid(IReadOnlyList<IReadOnlyList<int>> sequences, IReadOnlyList<int> eosTokenIds) => new(
    [
        .. sequences
            .Where(ids => ids.Count != 1 || !eosTokenIds.Contains(ids[0]))
            .Select(ids => new SequenceBias(ids, double.NegativeInfinity)),
    ]);

    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor added = zeros_like(scores);
        foreach (SequenceBias bias in biases.Where(bias => bias.Ids.Count <= Math.Max(1, inputIds.size(1))))
        {
            Tensor column = added.narrow(1, bias.Ids[^1], 1);
            column.add_(Matches(inputIds, bias, scores));
        }

        return scores + added;
    }

    /// <summary>The bias for rows that end with the sequence's beginning, 0 for others, [rows, 1].</summary>
    private static Tensor Matches(Tensor inputIds, SequenceBias bias, Tensor scores)
    {
        int before = bias.Ids.Count - 1;
        Tensor value = full([inputIds.size(0), 1], bias.Bias, dtype: scores.dtype, device: scores.device);
        if (before == 0)
        {
            return value;
        }

        Tensor beginning = tensor(bias.Ids.Take(before).Select(id => (long)id).ToArray(), device: inputIds.device);
        Tensor matches = inputIds.narrow(1, inputIds.size(1) - before, before).eq(beginning).all(1, keepdim: true);
        return where(matches, value, zeros_like(value));   // not a product: 0 · −∞ is NaN
    }
}
