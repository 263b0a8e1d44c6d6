using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// A base model of any kind (decoder, classifier, encoder and decoder) with its adapters: where its weights come from, what of it is trained,
/// how it is saved. What it computes is told by the kinds: <see cref="CausalLanguageModel"/> and its neighbours.
/// </summary>
public abstract partial class PretrainedModel : SlotHost
{
    private Device? _device;

    /// <summary>Makes the shell of a model.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="config">Sizes and token ids.</param>
    protected PretrainedModel(string name, ModelConfig config)
        : base(name)
    {
        Config = config;
        prompts = new PromptList();
        register_module(nameof(prompts), prompts);
        prefixes = new PrefixList();
        register_module(nameof(prefixes), prefixes);
        embedding_adapters = new EmbeddingSlot();
        register_module(nameof(embedding_adapters), embedding_adapters);
        Adapters = new AdapterSet(this);
    }

    /// <summary>Sizes and token ids.</summary>
    public ModelConfig Config { get; }

    /// <summary>The adapters on this model.</summary>
    public AdapterSet Adapters { get; }

    /// <summary>Learned tokens that stand before the text.</summary>
    public PromptList prompts { get; }

    /// <summary>Learned keys and values that attention sees before those of the text.</summary>
    public PrefixList prefixes { get; }

    /// <summary>Positions that are taken before the text's first token.</summary>
    public int LearnedPositions => prompts.ActiveTokens + prefixes.Places(AttentionKind.Decoder).Positions;

    /// <summary>Adapters on the embedded text.</summary>
    public EmbeddingSlot embedding_adapters { get; }

    /// <summary>Keeps one activation per block while training and computes the others again in backward.</summary>
    public bool GradientCheckpointing { get; set; }

    /// <summary>Where the weights are.</summary>
    // Not initialised in place: initialisers run before the native start-up that the base constructor waits for.
    public Device Device
    {
        get => _device ?? CPU;
        protected set => _device = value;
    }

    /// <summary>Type in which the base computes; float32 unless set.</summary>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>What the reference library calls the task of such models in adapter_config.json.</summary>
    public abstract string TaskType { get; }

    /// <summary>For how many stacks of blocks a soft prompt has vectors; 2 in an encoder-decoder.</summary>
    public virtual int PromptStacks => 1;

    /// <summary>Vectors [batch, time, hidden] of token ids.</summary>
    /// <param name="inputIds">int64 [batch, time].</param>
    public abstract Tensor Embed(Tensor inputIds);

    /// <summary>Runs blocks one after the other, recorded or, with <see cref="GradientCheckpointing"/>, recomputed in backward.</summary>
    /// <param name="blocks">The blocks, first to last.</param>
    /// <param name="forward">A block's forward; a pure function of its arguments.</param>
    /// <param name="hidden">Hidden states [batch, time, hidden].</param>
    /// <param name="context">What the blocks share.</param>
    protected Tensor RunBlocks<TBlock>(
        IReadOnlyList<TBlock> blocks, Func<TBlock, Func<Tensor, AttentionContext, Tensor>> forward, Tensor hidden, AttentionContext context)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(context);
        Tensor? anchor = GradientCheckpointing && training && is_grad_enabled() ? Adapters.Anchor : null;
        for (int i = 0; i < blocks.Count; i++)
        {
            Func<Tensor, AttentionContext, Tensor> block = forward(blocks[i]);
            hidden = anchor is null ? block(hidden, context.Block(i)) : Checkpoint.Run(block, hidden, context.Block(i), anchor);
        }

        return hidden;
    }
}
