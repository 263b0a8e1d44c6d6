using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Rows;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

// The pass through the blocks.
public abstract partial class PretrainedModel
{
    /// <summary>Runs blocks in sequence, with gradient checkpointing if <see cref="Checkpointing"/> says so and the model is training.</summary>
    /// <param name="blocks">The blocks, in order.</param>
    /// <param name="forward">Returns the forward function of a block, which must be a pure function of its arguments.</param>
    /// <param name="hidden">The hidden states [batch, time, hidden].</param>
    /// <param name="context">The inputs that the blocks share.</param>
    /// <returns>The hidden states [batch, time, hidden] after the last block.</returns>
    protected Tensor RunBlocks<TBlock>(
        IReadOnlyList<TBlock> blocks, Func<TBlock, Func<Tensor, AttentionContext, Tensor>> forward, Tensor hidden, AttentionContext context)
    {
        ArgumentNullException.ThrowIfNull(forward);
        return RunBlocks(blocks, hidden, context, (block, states, own) => forward(block)(states, own), (block, states, run) => run(forward(block), states));
    }

    /// <summary>
    /// Runs blocks of residual branches in sequence. With full gradient checkpointing, a frozen last layer of a branch is not computed again.
    /// </summary>
    /// <param name="blocks">The blocks, in order.</param>
    /// <param name="branches">Returns the branches of a block, in order.</param>
    /// <param name="hidden">The hidden states [batch, time, hidden].</param>
    /// <param name="context">The inputs that the blocks share.</param>
    /// <returns>The hidden states [batch, time, hidden] after the last block.</returns>
    protected Tensor RunBlocks<TBlock>(
        IReadOnlyList<TBlock> blocks, Func<TBlock, IReadOnlyList<ResidualBranch>> branches, Tensor hidden, AttentionContext context)
    {
        ArgumentNullException.ThrowIfNull(branches);
        return RunBlocks(
            blocks,
            hidden,
            context,
            (block, states, own) => InSequence(branches(block), states, own),
            (block, states, run) => InSequence(branches(block), states, run));
    }

    private static Tensor InSequence(IReadOnlyList<ResidualBranch> branches, Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < branches.Count; i++)
        {
            hidden = branches[i].Forward(hidden, context);
        }

        return hidden.MoveToOuterDisposeScope();
    }

    private static Tensor InSequence(IReadOnlyList<ResidualBranch> branches, Tensor hidden, Func<Func<Tensor, AttentionContext, Tensor>, Tensor, Tensor> checkpoint)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < branches.Count; i++)
        {
            hidden = branches[i].Forward(hidden, checkpoint);
        }

        return hidden.MoveToOuterDisposeScope();
    }

    private Tensor RunBlocks<TBlock>(
        IReadOnlyList<TBlock> blocks,
        Tensor hidden,
        AttentionContext context,
        Func<TBlock, Tensor, AttentionContext, Tensor> forward,
        Func<TBlock, Tensor, Func<Func<Tensor, AttentionContext, Tensor>, Tensor, Tensor>, Tensor> checkpointed)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(context);
        bool records = training && is_grad_enabled();
        Tensor? anchor = GradientCheckpointing && records ? Adapters.Anchor : null;
        using IDisposable? piece = Recomputation.Begin(on: Checkpointing == Checkpointing.Selective && records);
        using IDisposable? keeping = KeptActivations.Begin(narrow: _keepsBFloat16 && records && hidden.device_type == DeviceType.CPU && hidden.dtype == ScalarType.Float32);
        for (int i = 0; i < blocks.Count; i++)
        {
            AttentionContext own = context.Block(i);

            // Nothing is recorded below the lowest trainable parameter, so nothing is computed again.
            hidden = anchor is null || !Records(blocks[i], hidden, own)
                ? forward(blocks[i], hidden, own)
                : checkpointed(blocks[i], hidden, Checkpointed(own, anchor));
        }

        return hidden;
    }

    // Apart, so that only a block that is checkpointed allocates a closure.
    private Func<Func<Tensor, AttentionContext, Tensor>, Tensor, Tensor> Checkpointed(AttentionContext context, Tensor anchor) =>
        (function, input) => Checkpoint.Run(Routed(function), input, context, anchor);

    private static bool Records<TBlock>(TBlock block, Tensor hidden, AttentionContext context)
    {
        if (hidden.requires_grad || context.Tensors.Exists(static tensor => tensor.requires_grad) || block is not nn.Module module)
        {
            return true;
        }

        foreach (Parameter parameter in module.parameters())
        {
            if (parameter.requires_grad)
            {
                return true;
            }
        }

        return false;
    }

    // The backward pass runs a block again after the pass whose rows were routed has ended.
    private Func<Tensor, AttentionContext, Tensor> Routed(Func<Tensor, AttentionContext, Tensor> block) => Adapters.Routing.Current is not { } routing ? block
        : (hidden, context) =>
        {
            using RoutingPass pass = Adapters.Routing.Enter(routing, frees: Checkpoint.IsRunningAgain);
            return block(hidden, context);
        };
}
