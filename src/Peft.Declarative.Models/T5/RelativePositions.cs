using Peft.Declarative.Native;

namespace Peft.Declarative.Models;

/// <summary>
/// The buckets of relative positions: one bucket per distance for near keys, logarithmically sized buckets for far keys, and one bucket for all distances
/// beyond a maximum. Raffel et al. 2019, arXiv 1910.10683, section 2.1.
/// </summary>
internal static class RelativePositions
{
    /// <summary>Computes the bucket of each pair, int64 [queries, keys]. The positions of the keys begin at 0.</summary>
    /// <param name="first">The position of the first query. After keys without positions, it is less than the position of the query's own key, as in AdapterHub.</param>
    /// <param name="queries">The number of queries.</param>
    /// <param name="keys">The number of keys.</param>
    /// <param name="bothWays">Whether keys after the query have their own buckets, as in an encoder. Otherwise, they are in the bucket of distance 0.</param>
    /// <param name="buckets">The number of buckets.</param>
    /// <param name="maxDistance">The distance from which on all keys are in one bucket.</param>
    /// <param name="device">The device for the result.</param>
    internal static Tensor Buckets(long first, long queries, long keys, bool bothWays, int buckets, int maxDistance, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = Scalars.Range(first, first + queries).unsqueeze(1);
        Tensor key = Scalars.Range(0, keys).unsqueeze(0);
        Tensor back = query - key;
        Tensor later = zeros_like(back);
        if (bothWays)
        {
            buckets /= 2;
            later = back.lt(Scalars.Of(0)).to(ScalarType.Int64) * Scalars.Of(buckets);
        }

        Tensor distance = bothWays ? back.abs() : back.clamp_min(Scalars.Of(0));
        long exact = buckets / 2;
        Tensor scaled = (distance.to(ScalarType.Float32) / Scalars.Of(exact)).log() / Scalars.Of(Math.Log((double)maxDistance / exact)) * Scalars.Of(buckets - exact);

        // The logarithm of distance 0 is not finite, but near distances do not use it.
        Tensor far = (scaled.nan_to_num(0, 0, 0).to(ScalarType.Int64).add(Scalars.Of(exact), Scalars.One)).clamp_max(Scalars.Of(buckets - 1));
        return (later.add(where(distance.lt(Scalars.Of(exact)), distance, far), Scalars.One)).to(device).MoveToOuterDisposeScope();
    }
}
