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
    public int LearnedPositions => PositionsBefore(AttentionKind.Decoder);

    /// <summary><see cref="LearnedPositions"/> of rows with a named adapter; of the active adapters if none is named.</summary>
    internal int LearnedPositionsOf(string? adapter) => PositionsBefore(AttentionKind.Decoder, adapter is null ? null : new RowSegment(adapter, []));

    /// <summary>The most positions that a row has before its text in attention of a kind.</summary>
    private protected int PositionsBefore(AttentionKind attention)
    {
        int most = 0;
        foreach (RowSegment? segment in prompts.Segments)
        {
            most = Math.Max(most, PositionsBefore(attention, segment));
        }

        return most;
    }

    private int PositionsBefore(AttentionKind attention, RowSegment? segment) => prompts.TokensOf(segment) + prefixes.Offsets(attention, segment).Positions;

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
}
