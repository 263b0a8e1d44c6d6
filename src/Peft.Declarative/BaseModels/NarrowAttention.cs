using System.Runtime.InteropServices;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Attention over heads of at most 8 features on CPUs, with its gradient. In a small model, libtorch's takes a third of a step, most of it around products that
/// are too small for its kernels.
/// </summary>
internal sealed unsafe class NarrowAttention : autograd.SingleTensorFunction<NarrowAttention>
{
    // With fewer queries, as in decoding, the call costs more than the kernel saves.
    private const long LeastTime = 32;

    public override string Name => nameof(NarrowAttention);

    /// <summary>Whether the kernel computes attention between these tensors.</summary>
    /// <param name="queries">The queries [batch, heads, time, width].</param>
    /// <param name="keys">The keys [batch, groups, keys, width].</param>
    /// <param name="causal">Whether a query sees only the keys up to its own.</param>
    internal static bool Applies(Tensor queries, Tensor keys, bool causal) =>
        NarrowHead.IsSupported && queries.size(-1) <= NarrowHead.Width && queries.device_type == DeviceType.CPU && queries.dtype == ScalarType.Float32
        && queries.size(2) >= LeastTime && (!causal || queries.size(2) == keys.size(2));

    /// <summary>Computes the weighted values [batch, heads, time, width].</summary>
    internal static Tensor Of(Tensor queries, Tensor keys, Tensor values, bool causal, double scale) =>
        FunctionMemory.WithoutSpare(apply(queries, keys, values, causal, (float)scale));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = [.. vars.Take(3).Select(input => Dense((Tensor)input))];
        (bool causal, float scale) = ((bool)vars[3], (float)vars[4]);
        Tensor output = EmptyLike(inputs[0]);
        Tensor logSums = empty([inputs[0].size(0), inputs[0].size(1), inputs[0].size(2)], dtype: ScalarType.Float32, device: CPU);
        var (q, k, v, o) = (new Heads(inputs[0]), new Heads(inputs[1]), new Heads(inputs[2]), new Heads(output));
        float* sums = (float*)RawTensor.Address(logSums);
        q.ForEachGroup(k, (scratch, batch, group) =>
        {
            var head = new NarrowHead(scratch, k.Rows(batch, group), v.Rows(batch, group), causal, scale);
            for (int h = q.First(group, k); h < q.First(group + 1, k); h++)
            {
                head.Forward(q.Rows(batch, h), o.Rows(batch, h), sums + ((((long)batch * q.Count) + h) * q.Time));
            }
        });
        foreach (Tensor input in inputs)
        {
            input.MoveToOuterDisposeScope();
        }

        ctx.save_for_backward([.. inputs, logSums.MoveToOuterDisposeScope()]);
        ctx.save_data("causal", causal);
        ctx.save_data("scale", scale);
        return FunctionMemory.EndForward(ctx, output.MoveToOuterDisposeScope());
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (bool causal, float scale) = ((bool)ctx.get_data("causal"), (float)ctx.get_data("scale"));
        Tensor received = Dense(grad_output);
        Tensor[] gradients = [.. saved.Take(3).Select(EmptyLike)];
        var (q, k, v, g) = (new Heads(saved[0]), new Heads(saved[1]), new Heads(saved[2]), new Heads(received));
        var (dq, dk, dv) = (new Heads(gradients[0]), new Heads(gradients[1]), new Heads(gradients[2]));
        float* sums = (float*)RawTensor.Address(saved[3]);
        q.ForEachGroup(k, (scratch, batch, group) =>
        {
            var head = new NarrowHead(scratch, k.Rows(batch, group), v.Rows(batch, group), causal, scale);
            head.ClearGradients();
            for (int h = q.First(group, k); h < q.First(group + 1, k); h++)
            {
                head.Backward(q.Rows(batch, h), g.Rows(batch, h), sums + ((((long)batch * q.Count) + h) * q.Time), dq.Rows(batch, h));
            }

            head.PutGradients(dk.Rows(batch, group), dv.Rows(batch, group));
        });
        return [.. gradients.Select(gradient => gradient.MoveToOuterDisposeScope()), null!, null!];
    }

    // The features of a head lie side by side; heads and positions may lie in any order.
    private static Tensor Dense(Tensor x) => x.stride(3) == 1 ? x.alias() : x.contiguous();

    // Positions before heads, so that joining heads copies nothing.
    private static Tensor EmptyLike(Tensor x) =>
        empty([x.size(0), x.size(2), x.size(1), x.size(3)], dtype: ScalarType.Float32, device: CPU).transpose(1, 2);

    /// <summary>A tensor [batch, heads, time, width] in host memory.</summary>
    private sealed class Heads(Tensor tensor)
    {
        private readonly float* _first = First(tensor);
        private readonly long _batch = tensor.stride(0);
        private readonly long _head = tensor.stride(1);
        private readonly long _step = tensor.stride(2);
        private readonly int _width = (int)tensor.size(3);

        internal int Batches { get; } = (int)tensor.size(0);

        internal int Count { get; } = (int)tensor.size(1);

        internal int Time { get; } = (int)tensor.size(2);

        internal NarrowHead.Rows Rows(int batch, int head) => new(_first + (batch * _batch) + (head * _head), _step, Time, _width);

        // One element in the place of the first, because the positions of a head can lie apart.
        private static float* First(Tensor tensor)
        {
            using Tensor first = tensor.as_strided([1], [1]);
            return (float*)RawTensor.Address(first);
        }

        /// <summary>The first query head of a group of keys.</summary>
        internal int First(int group, Heads keys) => group * (Count / keys.Count);

        /// <summary>Calls an action for each head of keys, with scratch memory of its thread.</summary>
        internal void ForEachGroup(Heads keys, GroupAction action)
        {
            long work = (long)Batches * Count * Time * keys.Time;   // its scores
            BlockRange.RunBlocks((long)Batches * keys.Count, work, (from, to) =>
            {
                var scratch = (float*)NativeMemory.AlignedAlloc((nuint)NarrowHead.Scratch(keys.Time) * sizeof(float), 64);
                try
                {
                    for (int i = (int)from; i < to; i++)
                    {
                        action(scratch, i / keys.Count, i % keys.Count);
                    }
                }
                finally
                {
                    NativeMemory.AlignedFree(scratch);
                }
            });
        }
    }

    private delegate void GroupAction(float* scratch, int batch, int group);
}
