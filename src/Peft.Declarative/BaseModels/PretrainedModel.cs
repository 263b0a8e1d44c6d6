using System.ComponentModel;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Machine;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// The base class of all models: it loads and saves weights, quantizes them, and manages adapters. The derived classes
/// <see cref="CausalLanguageModel"/>, <see cref="SequenceClassifier"/> and <see cref="EncoderDecoderModel"/> define the computation.
/// </summary>
/// <example>
/// <code>
/// [Lora(rank: 8)]
/// public sealed partial class Persona : LlamaForCausalLM;
///
/// using Persona model = Persona.FromPretrained("models/llama-3.2-1b");
/// model.Train(data);
/// model.SaveAdapter("adapters/persona");
/// </code>
/// </example>
public abstract partial class PretrainedModel : SlotHost
{
    private Device? _device;

    /// <summary>Creates a model without layers, which the derived class adds.</summary>
    /// <param name="name">The class name, for TorchSharp.</param>
    /// <param name="config">The sizes and token ids.</param>
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
        prompts.Routing = prefixes.Routing = embedding_adapters.Routing = Adapters.Routing;
    }

    /// <summary>Stands for the config of a class that the generator did not complete, whose error the compiler has shown.</summary>
    /// <typeparam name="TConfig">The config of the family.</typeparam>
    /// <exception cref="PeftException">PEFT001: always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected static TConfig Incomplete<TConfig>()
        where TConfig : ModelConfig => throw new PeftException(RuleIds.NotPartial, RuleTexts.NoConfig(typeof(TConfig).Name));

    /// <summary>The sizes and token ids.</summary>
    public ModelConfig Config { get; private set; }

    /// <summary>The adapters of this model.</summary>
    public AdapterSet Adapters { get; }

    /// <summary>The prompts, whose virtual tokens are prepended to the text.</summary>
    public PromptList prompts { get; }

    /// <summary>The prefixes, whose keys and values are prepended to those of the text in attention.</summary>
    public PrefixList prefixes { get; }

    /// <summary>
    /// The number of positions that virtual tokens and prefixes occupy before the first token of the text. While rows of a batch have different adapters, the
    /// most that a row has.
    /// </summary>
    public int LearnedPositions => prompts.IsEmpty && prefixes.IsEmpty
        ? 0
        : prompts.Segments.Max(segment => prompts.TokensOf(segment) + prefixes.Offsets(AttentionKind.Decoder, segment).Positions);

    /// <summary><see cref="LearnedPositions"/> of rows with a named adapter; of the active adapters if none is named.</summary>
    internal int LearnedPositionsOf(string? adapter)
    {
        RowSegment? segment = adapter is null ? null : new RowSegment(adapter, []);
        return prompts.TokensOf(segment) + prefixes.Offsets(AttentionKind.Decoder, segment).Positions;
    }

    /// <summary>
    /// The number of positions in a table of learned position embeddings, which no sequence can exceed, virtual tokens included. <see langword="null"/> (the
    /// default) for models that compute positions, such as those with rotary embedding.
    /// </summary>
    public virtual int? PositionCount => null;

    /// <summary>The slot for adapters between the embeddings and the first block.</summary>
    public EmbeddingSlot embedding_adapters { get; }

    /// <summary>Which activations the backward pass of training computes again instead of keeping them, which saves memory. The default is none.</summary>
    public Checkpointing Checkpointing { get; set; }

    /// <summary>
    /// Whether training keeps only the input of each block and recomputes other activations in the backward pass: <see cref="Checkpointing.Full"/>. The
    /// default is <see langword="false"/>.
    /// </summary>
    public bool GradientCheckpointing
    {
        get => Checkpointing == Checkpointing.Full;
        set => Checkpointing = value ? Checkpointing.Full : Checkpointing.None;
    }

    /// <summary>The device of the weights.</summary>
    // The field has no initializer because it would run before the base constructor, which loads the native libraries.
    public Device Device
    {
        get => _device ?? CPU;
        protected set => _device = value;
    }

    /// <summary>The type in which the base model computes. The default is float32.</summary>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>The <c>task_type</c> in adapter_config.json, such as <c>CAUSAL_LM</c>.</summary>
    public abstract string TaskType { get; }

    /// <summary>The number of stacks for which a soft prompt has vectors. The default is 1; it is 2 for an encoder-decoder.</summary>
    public virtual int PromptStacks => 1;

    /// <summary>Embeds token ids.</summary>
    /// <param name="inputIds">The token ids, int64 [batch, time].</param>
    /// <returns>The vectors [batch, time, hidden].</returns>
    public abstract Tensor Embed(Tensor inputIds);

    /// <summary>
    /// Begins a forward pass of generation, on the number of threads that is fastest for it. Other passes keep the number that there is, because another one can
    /// change the last bits: losses can be compared, and a model without adapters is its base bit for bit.
    /// </summary>
    /// <param name="ids">The ids of its positions.</param>
    internal ThreadedWork.Piece BeginForward(Tensor ids) => ThreadedWork.Begin(WorkKind.Forward, ids.numel(), Config.HiddenSize, Device);

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
            (block, states, own) => InSequence(branches(block), states, (branch, input) => branch.Forward(input, own)),
            (block, states, run) => InSequence(branches(block), states, (branch, input) => branch.Forward(input, run)));
    }

    private static Tensor InSequence(IReadOnlyList<ResidualBranch> branches, Tensor hidden, Func<ResidualBranch, Tensor, Tensor> forward)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ResidualBranch branch in branches)
        {
            hidden = forward(branch, hidden);
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
        for (int i = 0; i < blocks.Count; i++)
        {
            AttentionContext own = context.Block(i);

            // Nothing is recorded below the lowest trainable parameter, so nothing is computed again.
            hidden = anchor is null || !Records(blocks[i], hidden, own)
                ? forward(blocks[i], hidden, own)
                : checkpointed(blocks[i], hidden, (function, input) => Checkpoint.Run(Routed(function), input, own, anchor));
        }

        return hidden;
    }

    private static bool Records<TBlock>(TBlock block, Tensor hidden, AttentionContext context) =>
        hidden.requires_grad
        || context.Tensors.Exists(tensor => tensor.requires_grad)
        || block is not nn.Module module
        || module.parameters().Any(parameter => parameter.requires_grad);

    // The backward pass runs a block again after the pass whose rows were routed has ended.
    private Func<Tensor, AttentionContext, Tensor> Routed(Func<Tensor, AttentionContext, Tensor> block) => Adapters.Routing.Current is not { } routing ? block
        : (hidden, context) =>
        {
            using RoutingPass pass = Adapters.Routing.Enter(routing, frees: Checkpoint.IsRunningAgain);
            return block(hidden, context);
        };
}
