using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Gradient checkpointing: the forward pass runs a block without recording it and saves only its input; the backward pass runs it again.
/// Chen et al. 2016, arXiv 1604.06174.
/// </summary>
internal sealed class Checkpoint : autograd.SingleTensorFunction<Checkpoint>
{
    // The number of arguments before the tensors of the context. Those are arguments as well, because an encoder's output has a gradient.
    private const int FirstOfContext = 4;

    [ThreadStatic]
    private static bool _runsAgain;

    /// <summary>Whether the current block is being recomputed in the backward pass.</summary>
    internal static bool IsRunningAgain => _runsAgain;

    public override string Name => nameof(Checkpoint);

    /// <summary>Runs a block without saving its activations.</summary>
    /// <param name="block">The block. It must be a pure function of its arguments, the parameters and the random number generator.</param>
    /// <param name="hidden">The input of the block.</param>
    /// <param name="context">The inputs that blocks share. Its tensors are saved until the backward pass.</param>
    /// <param name="anchor">Any tensor that requires a gradient. It makes autograd record the node even if the input requires no gradient.</param>
    internal static Tensor Run(Func<Tensor, AttentionContext, Tensor> block, Tensor hidden, AttentionContext context, Tensor anchor) =>
        FunctionMemory.WithoutSpare(apply([block, hidden, context, anchor, .. context.Tensors]));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var block = (Func<Tensor, AttentionContext, Tensor>)vars[0];
        var hidden = (Tensor)vars[1];
        var context = (AttentionContext)vars[2];
        List<Tensor> saved = [hidden];
        for (int i = FirstOfContext; i < vars.Length; i++)
        {
            saved.Add((Tensor)vars[i]);
        }

        ctx.save_for_backward(saved);
        ctx.save_data(nameof(block), block);
        ctx.save_data(nameof(context), context);
        ctx.save_data(nameof(hidden.requires_grad), hidden.requires_grad);
        ctx.save_data(nameof(Randomness), Randomness.Mark(hidden.device));
        ctx.save_data(nameof(KeptActivations), KeptActivations.AreNarrow);
        return FunctionMemory.EndForward(ctx, block(hidden, context));
    }

    // An exception in this method would end the process. The same block has succeeded in the forward pass, so it can only run out of memory.
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable recording = enable_grad();
        using IDisposable? keeping = KeptActivations.Begin((bool)ctx.get_data(nameof(KeptActivations)));
        var block = (Func<Tensor, AttentionContext, Tensor>)ctx.get_data("block");
        List<Tensor> saved = ctx.get_saved_variables();
        List<Tensor> shared = saved[1..].ConvertAll(static tensor => tensor.detach().requires_grad_(tensor.requires_grad));
        AttentionContext context = ((AttentionContext)ctx.get_data("context")).WithTensors(shared);
        Tensor hidden = saved[0].detach().requires_grad_((bool)ctx.get_data(nameof(Tensor.requires_grad)));

        using var then = (Randomness)ctx.get_data(nameof(Randomness));
        using Randomness now = Randomness.Mark(hidden.device);
        then.Return();   // the same dropout masks as in forward
        _runsAgain = true;
        Tensor output = block(hidden, context);
        _runsAgain = false;
        now.Return();

        if (output.requires_grad)   // it does not if only what precedes or follows the block is trained
        {
            autograd.backward([output], [grad_output]);
        }

        return FunctionMemory.EndBackward(
            grad_output, [null!, hidden.grad!, null!, null!, .. shared.ConvertAll(static tensor => tensor.requires_grad ? tensor.grad! : null!)]);
    }
}
