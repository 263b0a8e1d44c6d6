using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>A fixed set of ids on the device of the scores. Made on first use, since the device is known only then.</summary>
internal sealed class TokenIdTensor(IEnumerable<int> ids)
{
    private readonly long[] ids = [.. ids.Select(id => (long)id).Distinct()];

    /// <summary>The scores with this value in place of those of the ids.</summary>
    internal Tensor Fill(Tensor scores, double value)
    {
        using Tensor index = tensor(ids, device: scores.device);
        return scores.index_fill(1, index, value);
    }

    /// <summary>The scores with −∞ everywhere but 0 at the ids.</summary>
    internal Tensor Force(Tensor scores)
    {
        using Tensor none = full_like(scores, float.NegativeInfinity);
        return Fill(none, 0);
    }
}
