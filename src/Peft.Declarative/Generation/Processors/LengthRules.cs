using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Forbids the end of text until a row, including the prompt, has a minimum length.</summary>
internal sealed class MinLengthProcessor(int length, IEnumerable<int> eosTokenIds) : ILogitsProcessor
{
    private readonly TokenIdTensor _eos = new(eosTokenIds);

    public Tensor Process(Tensor inputIds, Tensor scores) => inputIds.size(1) < length ? _eos.Fill(scores, float.NegativeInfinity) : scores;
}

/// <summary>Allows only the given ids when a row has exactly this length: for the first token, or the last one.</summary>
internal sealed class ForcedTokensProcessor(int length, IEnumerable<int> ids) : ILogitsProcessor
{
    private readonly TokenIdTensor _forced = new(ids);

    public Tensor Process(Tensor inputIds, Tensor scores) => inputIds.size(1) == length ? _forced.Force(scores) : scores;
}

/// <summary>score(eos) + |score(eos)| · (factor^(length − start) − 1), from the start on.</summary>
/// <param name="start">The length, including the prompt, above which it applies.</param>
/// <param name="factor">The growth per token.</param>
/// <param name="eosTokenIds">The ids that end a text.</param>
internal sealed class LengthDecayProcessor(int start, double factor, IEnumerable<int> eosTokenIds) : ILogitsProcessor
{
    private readonly long[] _eos = [.. eosTokenIds.Select(id => (long)id).Distinct()];

    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        long over = inputIds.size(1) - start;
        if (over <= 0)
        {
            return scores;
        }

        Tensor index = tensor(_eos, device: scores.device);
        Tensor old = scores.index_select(1, index);
        return scores.index_copy(1, index, old.add(old.abs() * Scalars.Of(Math.Pow(factor, over) - 1), Scalars.One));
    }
}

/// <summary>Forbids ids, always or only when a row has exactly a given length.</summary>
internal sealed class SuppressTokensProcessor(IEnumerable<int> ids, int? onlyAtLength = null) : ILogitsProcessor
{
    private readonly TokenIdTensor _suppressed = new(ids);

    public Tensor Process(Tensor inputIds, Tensor scores) =>
        onlyAtLength is null || inputIds.size(1) == onlyAtLength ? _suppressed.Fill(scores, float.NegativeInfinity) : scores;
}

/// <summary>Replaces NaN with 0 and infinities with the greatest and least float.</summary>
internal sealed class InvalidValuesProcessor : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores) => scores.nan_to_num(0, float.MaxValue, float.MinValue);
}

/// <summary>A fixed set of ids on the device of the scores. Created on first use, because only then the device is known.</summary>
internal sealed class TokenIdTensor(IEnumerable<int> ids)
{
    private readonly long[] _ids = [.. ids.Select(id => (long)id).Distinct()];

    /// <summary>Sets the scores of the ids to a value.</summary>
    internal Tensor Fill(Tensor scores, double value)
    {
        using Tensor index = tensor(_ids, device: scores.device);
        return scores.index_fill(1, index, Scalars.Of(value));
    }

    /// <summary>Sets the scores of the ids to 0 and all others to −∞.</summary>
    internal Tensor Force(Tensor scores)
    {
        using Tensor none = full_like(scores, Scalars.Of(float.NegativeInfinity));
        return Fill(none, 0);
    }
}
