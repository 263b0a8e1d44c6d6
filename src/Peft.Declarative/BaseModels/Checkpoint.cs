using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Gradient checkpointing: runs a block without recording it, keeps its input only, and runs it again in backward. Chen et al. 2016,
/// arXiv 1604.06174.
/// </summary>
internal sealed class Checkpoint : autograd.SingleTensorFunction<Checkpoint>
{
    // Arguments before the context's tensors, which are arguments too: what comes from an encoder has a gradient of its own.
    private const int FirstOfContext = 4;

    [ThreadStatic]
    private static bool _runsAgain;

    /// <summary>Whether the block that is running now has run before, in the same step and with the same result.</summary>
    internal static bool IsRunningAgain => _runsAgain;

    public override string Name => nameof(Checkpoint);

    /// <summary>The block's result, with its activations forgotten.</summary>
    /// <param name="block">Must be a pure function of its arguments, the parameters and the random generator.</param>
    /// <param name="hidden">Input of the block.</param>
    /// <param name="context">What the block shares with others; its tensors are kept until backward.</param>
    /// <param name="anchor">Any tensor that requires a gradient: it keeps the node alive when the input itself needs none.</param>
    internal static Tensor Run(Func<Tensor, AttentionContext, Tensor> block, Tensor hidden, AttentionContext context, Tensor anchor) =>
        apply([block, hidden, context, anchor, .. context.Tensors]);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var block = (Func<Tensor, AttentionContext, Tensor>)vars[0];
        var hidden = (Tensor)vars[1];
        var context = (AttentionContext)vars[2];
        ctx.save_for_backward([hidden, .. vars.Skip(FirstOfContext).Cast<Tensor>()]);
        ctx.save_data(nameof(block), block);
        ctx.save_data(nameof(context), context);
        ctx.save_data(nameof(Randomness), Randomness.Mark(hidden.device));
        return block(hidden, context);
    }

    // An exception here would end the process; the same block has just run in forward, so there is nothing left to fail but memory.
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable recording = enable_grad();
        var block = (Func<Tensor, AttentionContext, Tensor>)ctx.get_data("block");
        List<Tensor> saved = ctx.get_saved_variables();
        List<Tensor> shared = saved[1..].ConvertAll(tensor => tensor.detach().requires_grad_(tensor.requires_grad));
        AttentionContext context = ((AttentionContext)ctx.get_data("context")).Around(shared);
        Tensor hidden = saved[0].detach().requires_grad_(true);

        using var then = (Randomness)ctx.get_data(nameof(Randomness));
        using Randomness now = Randomness.Mark(hidden.device);
        then.Return();   // the same dropout masks as in forward
        _runsAgain = true;
        Tensor output = block(hidden, context);
        _runsAgain = false;
        now.Return();

        autograd.backward([output], [grad_output]);
        return
        [
            null!,
            hidden.grad!.MoveToOuterDisposeScope(),
            null!,
            null!,
            .. shared.Select(tensor => tensor.requires_grad ? tensor.grad?.MoveToOuterDisposeScope()! : null!),
        ];
    }
}
