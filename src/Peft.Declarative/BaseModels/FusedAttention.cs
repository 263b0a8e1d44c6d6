using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Attention over heads of at most 256 features on CPUs, with its gradient. libtorch's takes two to three times as long. Over heads of a few features it
/// takes a third of a small model's step, most of it around products that are too small for its kernels.
/// </summary>
internal sealed unsafe class FusedAttention : autograd.SingleTensorFunction<FusedAttention>
{
    // With fewer queries, as in decoding, the call costs more than the kernel saves.
    private const long LeastTime = 32;
    private const long MostWidth = 256;

    // Up to here, 8 features of each key and their gradients are counted in 32 bits. Expanded tensors take no memory, and can be as long as they like.
    private const long MostTime = 1 << 26;

    /// <summary>Whether the function is used. Tests compare with the operator that it replaces.</summary>
    internal static bool IsEnabled { get; set; } = true;

    /// <summary>Whether the processor has what the kernels need.</summary>
    internal static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public override string Name => nameof(FusedAttention);

    /// <summary>Whether the kernels compute attention between these tensors.</summary>
    /// <param name="queries">The queries [batch, heads, time, width].</param>
    /// <param name="keys">The keys [batch, groups, keys, width].</param>
    /// <param name="values">The values. Where shapes do not fit together, libtorch says so.</param>
    /// <param name="causal">Whether a query sees only the keys up to its own.</param>
    internal static bool Applies(Tensor queries, Tensor keys, Tensor values, bool causal) =>
        IsEnabled && IsSupported && queries.device_type == DeviceType.CPU && queries.dtype == ScalarType.Float32 && FitTogether(queries, keys, values)
        && queries.size(-1) <= MostWidth && queries.size(2) is >= LeastTime and <= MostTime && keys.size(2) <= MostTime
        && (!causal || queries.size(2) == keys.size(2)) && (queries.size(-1) <= NarrowHead.Width || KeepsThreadsBusy(keys));

    /// <summary>Whether a kernel that does not ask can read these tensors: they have one type and device, fitting shapes and at least one key.</summary>
    internal static bool FitTogether(Tensor queries, Tensor keys, Tensor values) =>
        keys.numel() > 0 && AreAlike(queries, keys) && AreAlike(keys, values)
        && queries.size(1) % keys.size(1) == 0 && keys.size(1) == values.size(1) && keys.size(2) == values.size(2);

    /// <summary>Computes the weighted values [batch, heads, time, width].</summary>
    internal static Tensor Of(Tensor queries, Tensor keys, Tensor values, bool causal, double scale) =>
        FunctionMemory.WithoutSpare(apply(queries, keys, values, new AttentionScores(causal, (float)scale)));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor queries, Tensor keys, Tensor values) = (Kept(Dense((Tensor)vars[0])), Kept(Dense((Tensor)vars[1])), Kept(Dense((Tensor)vars[2])));
        (Tensor q, Tensor k, Tensor v) = (Wide(queries), Wide(keys), Wide(values));
        var scores = (AttentionScores)vars[3];
        Tensor output = EmptyLike(q);
        Tensor logSums = empty([q.size(0), q.size(1), q.size(2)], dtype: ScalarType.Float32, device: CPU);
        Pass(q, k, v, output, logSums, scores).Forward();

        // The output, which the layer after attention mostly keeps too, saves the backward pass a second pass over the keys. Detached: saved as it is, it would
        // keep the function that keeps it.
        ctx.save_for_backward([queries, keys, values, Kept(output.detach()), logSums.MoveToOuterDisposeScope()]);
        ctx.save_data(nameof(AttentionScores), scores);
        return FunctionMemory.EndForward(ctx, output.MoveToOuterDisposeScope());
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor received = Dense(grad_output);
        (Tensor dq, Tensor dk, Tensor dv) = (EmptyLike(saved[0]), EmptyLike(saved[1]), EmptyLike(saved[2]));
        Pass(Wide(saved[0]), Wide(saved[1]), Wide(saved[2]), Wide(saved[3]), saved[4], (AttentionScores)ctx.get_data(nameof(AttentionScores)))
            .Backward(new FusedAttentionPass.Gradients(new Heads(received), new Heads(dq), new Heads(dk), new Heads(dv)));
        return FunctionMemory.EndBackward(grad_output, [dq, dk, dv, null!]);
    }

    private static bool AreAlike(Tensor one, Tensor other) =>
        one.dtype == other.dtype && one.device_type == other.device_type && one.size(0) == other.size(0) && one.size(-1) == other.size(-1);

    // A thread computes whole groups of heads. libtorch also divides their positions, so with fewer groups than threads it catches up.
    private static bool KeepsThreadsBusy(Tensor keys) => keys.size(0) * keys.size(1) >= get_num_threads();

    private static FusedAttentionPass Pass(Tensor q, Tensor k, Tensor v, Tensor output, Tensor logSums, AttentionScores scores) =>
        new(new Heads(q), new Heads(k), new Heads(v), new Heads(output), (float*)RawTensor.Address(logSums), scores);

    // The features of a head lie side by side; heads and positions may lie in any order.
    private static Tensor Dense(Tensor x) => x.stride(3) == 1 ? x.alias() : x.contiguous();

    // Positions before heads, so that joining heads copies nothing.
    private static Tensor EmptyLike(Tensor x) =>
        empty([x.size(0), x.size(2), x.size(1), x.size(3)], dtype: ScalarType.Float32, device: CPU).transpose(1, 2);

    // A conversion may order dimensions of equal strides anew, such as those of windows over one sequence.
    private static Tensor Wide(Tensor kept)
    {
        Tensor wide = KeptActivations.Wide(kept);
        return wide.stride(3) == 1 ? wide : wide.contiguous();
    }

    private static Tensor Kept(Tensor x) => KeptActivations.Of(x).MoveToOuterDisposeScope();
}
