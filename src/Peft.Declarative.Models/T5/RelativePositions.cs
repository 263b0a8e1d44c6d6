namespace Peft.Declarative.Models;

/// <summary>
/// Classes of the distance from a query to a key: near distances one by one, far ones on a logarithmic scale, the farthest together. Raffel et
/// al. 2019, arXiv 1910.10683, section 2.1.
/// </summary>
internal static class RelativePositions
{
    /// <summary>The class of each pair, int64 [queries, keys]; the keys' places count from 0.</summary>
    /// <param name="first">Place of the first query; behind keys without a place it is less than its key's, as in AdapterHub's files.</param>
    /// <param name="queries">Number of queries.</param>
    /// <param name="keys">Number of keys.</param>
    /// <param name="bothWays">Whether keys after the query have classes of their own, as in an encoder; else they fall into that of distance 0.</param>
    /// <param name="buckets">Number of classes.</param>
    /// <param name="maxDistance">Distance from which on all fall into one class.</param>
    /// <param name="device">Where the result goes.</param>
    internal static Tensor Buckets(long first, long queries, long keys, bool bothWays, int buckets, int maxDistance, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = arange(first, first + queries, dtype: ScalarType.Int64).unsqueeze(1);
        Tensor key = arange(keys, dtype: ScalarType.Int64).unsqueeze(0);
        Tensor back = query - key;
        Tensor later = zeros_like(back);
        if (bothWays)
        {
            buckets /= 2;
            later = back.lt(0).to(ScalarType.Int64) * buckets;
        }

        Tensor distance = bothWays ? back.abs() : back.clamp_min(0);
        long exact = buckets / 2;
        Tensor scaled = (distance.to(ScalarType.Float32) / exact).log() / Math.Log((double)maxDistance / exact) * (buckets - exact);

        // The logarithm of distance 0 is not finite; near distances do not use it.
        Tensor far = (scaled.nan_to_num(0, 0, 0).to(ScalarType.Int64) + exact).clamp_max(buckets - 1);
        return (later + where(distance.lt(exact), distance, far)).to(device).MoveToOuterDisposeScope();
    }
}
