using Peft.Declarative.Methods.PromptTuning;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// A decoder that predicts the next token: embedding, learned tokens before the text if an adapter asks for them, blocks, head. Families fill
/// in the four steps; positions, masks, cache and adapters are the same for all of them and live here.
/// </summary>
public abstract partial class CausalLanguageModel : SlotHost
{
    /// <summary>Makes the shell of a model.</summary>
    /// <param name="config">Sizes and token ids.</param>
    protected CausalLanguageModel(ModelConfig config)
        : base(nameof(CausalLanguageModel))
    {
        Config = config;
        prompts = new PromptList();
        register_module(nameof(prompts), prompts);
        Adapters = new AdapterSet(this);
    }

    /// <summary>Sizes and token ids.</summary>
    public ModelConfig Config { get; }

    /// <summary>The adapters on this model.</summary>
    public AdapterSet Adapters { get; }

    /// <summary>Learned tokens that stand before the text.</summary>
    public PromptList prompts { get; }

    /// <summary>Keeps one activation per block while training and computes the others again in backward.</summary>
    public bool GradientCheckpointing { get; set; }

    /// <summary>Where the weights are.</summary>
    public Device Device { get; protected set; } = CPU;

    /// <summary>Type in which the base computes; float32 unless set.</summary>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>Logits [batch, virtual tokens + time, vocabulary] of token ids [batch, time].</summary>
    public Tensor forward(Tensor inputIds) => Logits(new ModelInput(inputIds));

    /// <summary>
    /// Logits [batch, positions, vocabulary]. Virtual tokens have logits of their own, before those of the text, except when earlier tokens
    /// are in the cache; with <see cref="ModelInput.LastOnly"/> there is one position.
    /// </summary>
    public Tensor Logits(ModelInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        long past = input.Cache?.Length ?? 0;
        Tensor text = Embed(input.InputIds).to(ComputeType);
        Tensor hidden = past == 0 ? prompts.Prepend(text) : text;
        int virtualTokens = past == 0 ? prompts.ActiveTokens : input.Cache!.VirtualTokens;
        if (input.Cache is { } cache)
        {
            cache.VirtualTokens = virtualTokens;
        }

        long time = hidden.size(1);
        Tensor positions = Positions(input, past, time, virtualTokens);
        Tensor? padding = virtualTokens > 0 ? prompts.PrependMask(input.AttentionMask, virtualTokens) : input.AttentionMask;
        AttentionMask mask = AttentionMask.Decoder(padding, time, past + time, SlidingWindow, ComputeType, hidden.device);

        hidden = Blocks(PlacePositions(hidden, positions), positions, mask, input.Cache);
        if (input.LastOnly)
        {
            hidden = hidden.narrow(1, hidden.size(1) - 1, 1);
        }

        return Head(hidden).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Sum of the next-token losses of a micro-batch; divide by the number of labels of the whole batch for the mean. Learned tokens have no
    /// labels, but the last of them predicts the first token of the text; see <see cref="PredictsFirstToken"/>.
    /// </summary>
    public virtual Tensor SumLoss(MicroBatch micro)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits(new ModelInput(micro.InputIds) { AttentionMask = micro.AttentionMask });
        Tensor labels = micro.Labels;
        if (prompts.ActiveTokens is > 0 and int learned)
        {
            // The last learned token predicts the first of the text; those before it predict nothing.
            logits = logits.narrow(1, learned - 1, logits.size(1) - learned + 1);
            labels = cat([full_like(labels.narrow(1, 0, 1), Losses.Ignored), labels], 1);
        }

        return Losses.NextTokenSum(logits, labels).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the first token of a text has something before it that predicts it, so that its label counts.</summary>
    public bool PredictsFirstToken => prompts.ActiveTokens > 0;

    /// <summary>Keys at this distance and further back are hidden from a query; null for none.</summary>
    protected virtual int? SlidingWindow => null;

    /// <summary>Vectors [batch, time, hidden] of token ids.</summary>
    public abstract Tensor Embed(Tensor inputIds);

    /// <summary>Adds what the family adds to the vectors for their places (learned positions); nothing for rotary models.</summary>
    protected virtual Tensor PlacePositions(Tensor hidden, Tensor positions) => hidden;

    /// <summary>Runs all blocks and the last norm.</summary>
    protected abstract Tensor Blocks(Tensor hidden, Tensor positions, AttentionMask mask, KeyValueCache? cache);

    /// <summary>Logits of the last hidden states.</summary>
    protected abstract Tensor Head(Tensor hidden);

    /// <summary>Runs one block, recorded or, with <see cref="GradientCheckpointing"/>, recomputed in backward.</summary>
    /// <param name="block">The block; a pure function of its arguments.</param>
    /// <param name="hidden">Hidden states [batch, time, hidden].</param>
    /// <param name="context">What the blocks share.</param>
    protected Tensor RunBlock(Func<Tensor, AttentionContext, Tensor> block, Tensor hidden, AttentionContext context) =>
        GradientCheckpointing && training && is_grad_enabled() && Adapters.Anchor is { } anchor
            ? Checkpoint.Run(block, hidden, context, anchor)
            : block(hidden, context);

    private static Tensor Positions(ModelInput input, long past, long time, int virtualTokens)
    {
        if (input.PositionIds is null)
        {
            return arange(past, past + time, dtype: ScalarType.Int64, device: input.InputIds.device).unsqueeze(0);
        }

        Tensor text = input.PositionIds + virtualTokens;
        if (past > 0 || virtualTokens == 0)
        {
            return text;
        }

        Tensor learned = arange(virtualTokens, dtype: ScalarType.Int64, device: text.device).expand(text.size(0), virtualTokens);
        return cat([learned, text], 1);
    }
}
