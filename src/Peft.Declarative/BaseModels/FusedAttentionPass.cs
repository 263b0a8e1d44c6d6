using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;

namespace Peft.Declarative.BaseModels;

/// <summary>One pass of <see cref="FusedAttention"/> over all heads, with the widest vectors that the processor has.</summary>
/// <param name="queries">The queries [batch, heads, time, width].</param>
/// <param name="keys">The keys [batch, groups, keys, width].</param>
/// <param name="values">The values, of the same shape.</param>
/// <param name="outputs">The weighted values, of the queries' shape.</param>
/// <param name="logSums">The logarithm of each query's sum of exponentials [batch, heads, time].</param>
/// <param name="scores">How scores are computed.</param>
internal sealed unsafe class FusedAttentionPass(Heads queries, Heads keys, Heads values, Heads outputs, float* logSums, AttentionScores scores)
{
    private Gradients? _gradients;

    /// <summary>Computes the outputs and the logarithms.</summary>
    internal void Forward() => Run();

    /// <summary>Computes gradients from the outputs and the logarithms.</summary>
    internal void Backward(Gradients gradients)
    {
        _gradients = gradients;
        Run();
    }

    private void Run()
    {
        long scoreWork = Math.Max(1, keys.Width / NarrowHead.Width);
        long work = (long)queries.Batches * queries.Count * queries.Time * keys.Time * scoreWork;
        BlockRange.RunBlocks((long)queries.Batches * keys.Count, work, Lanes16.IsSupported ? Kernel<Lanes16, Vector512<float>>() : Kernel<Lanes8, Vector256<float>>());
    }

    private Action<long, long> Kernel<TLanes, TVector>()
        where TLanes : ILanes<TVector>
        where TVector : struct =>
        keys.Width <= NarrowHead.Width ? Run<NarrowHead<TLanes, TVector>> : Run<WideHead<TLanes, TVector>>;

    private void Run<THead>(long from, long to)
        where THead : struct, IAttentionHead<THead>
    {
        nuint scratch = checked((nuint)THead.Scratch(Math.Min(keys.Time, THead.MostKeys), keys.Width) * sizeof(float));
        var memory = (float*)NativeMemory.AlignedAlloc(scratch, 64);
        try
        {
            for (int i = (int)from; i < to; i++)
            {
                for (long first = 0; first < keys.Time; first += THead.MostKeys)
                {
                    Block<THead>(memory, i / keys.Count, i % keys.Count, (int)first);
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    // The query heads that share a head of keys, over a block of these keys.
    private void Block<THead>(float* scratch, int batch, int group, int first)
        where THead : struct, IAttentionHead<THead>
    {
        HeadRows Part(Heads of) => of.Rows(batch, group).Part(first, THead.MostKeys);
        var head = THead.Create(scratch, new KeyBlock(first, Part(keys), Part(values), _gradients is not null), scores);
        int heads = queries.Count / keys.Count;
        for (int h = group * heads; h < (group + 1) * heads; h++)
        {
            float* sums = logSums + ((((long)batch * queries.Count) + h) * queries.Time);
            if (_gradients is null)
            {
                head.Forward(queries.Rows(batch, h), outputs.Rows(batch, h), sums);
            }
            else
            {
                head.Backward(queries.Rows(batch, h), outputs.Rows(batch, h), sums, _gradients.Received.Rows(batch, h), _gradients.Queries.Rows(batch, h));
            }
        }

        if (_gradients is not null)
        {
            head.PutGradients(Part(_gradients.Keys), Part(_gradients.Values));
        }
    }

    /// <summary>The gradients of a backward pass: that of the outputs, and those that it computes.</summary>
    internal sealed record Gradients(Heads Received, Heads Queries, Heads Keys, Heads Values);
}

/// <summary>How scores are computed.</summary>
/// <param name="Causal">Whether a query sees only the keys up to its own.</param>
/// <param name="Scale">The factor on the scores.</param>
internal sealed record AttentionScores(bool Causal, float Scale)
{
    internal const float LogOf2 = 0.693147181f;

    /// <summary>The factor on scores that are exponents of 2: the scale times log₂ e.</summary>
    internal float ScaleOfTwo { get; } = Scale * 1.44269504f;
}
