using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;

namespace Peft.Declarative.BaseModels;

/// <summary>One pass of <see cref="NarrowAttention"/> over all heads, with the widest vectors that the processor has.</summary>
/// <param name="queries">The queries [batch, heads, time, width].</param>
/// <param name="keys">The keys [batch, groups, keys, width].</param>
/// <param name="values">The values, of the same shape.</param>
/// <param name="outputs">The weighted values, of the queries' shape.</param>
/// <param name="logSums">The logarithm of each query's sum of exponentials [batch, heads, time].</param>
/// <param name="scores">How scores are computed.</param>
internal sealed unsafe class NarrowPass(Heads queries, Heads keys, Heads values, Heads outputs, float* logSums, NarrowScores scores)
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
        long work = (long)queries.Batches * queries.Count * queries.Time * keys.Time;   // its scores
        BlockRange.RunBlocks((long)queries.Batches * keys.Count, work, Lanes16.IsSupported ? Run<Lanes16, Vector512<float>> : Run<Lanes8, Vector256<float>>);
    }

    private void Run<TLanes, TVector>(long from, long to)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var scratch = (float*)NativeMemory.AlignedAlloc((nuint)NarrowHead<TLanes, TVector>.Scratch(keys.Time) * sizeof(float), 64);
        try
        {
            for (int i = (int)from; i < to; i++)
            {
                Group<TLanes, TVector>(scratch, i / keys.Count, i % keys.Count);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(scratch);
        }
    }

    // The query heads that share a head of keys.
    private void Group<TLanes, TVector>(float* scratch, int batch, int group)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var head = new NarrowHead<TLanes, TVector>(scratch, keys.Rows(batch, group), values.Rows(batch, group), scores.Causal, scores.Scale);
        if (_gradients is not null)
        {
            head.ClearGradients();
        }

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
            head.PutGradients(_gradients.Keys.Rows(batch, group), _gradients.Values.Rows(batch, group));
        }
    }

    /// <summary>The gradients of a backward pass: that of the outputs, and those that it computes.</summary>
    internal sealed record Gradients(Heads Received, Heads Queries, Heads Keys, Heads Values);
}

/// <summary>How scores are computed.</summary>
/// <param name="Causal">Whether a query sees only the keys up to its own.</param>
/// <param name="Scale">The factor on the scores.</param>
internal sealed record NarrowScores(bool Causal, float Scale);
