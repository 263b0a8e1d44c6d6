using System.ComponentModel;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;

namespace Peft.Declarative.Models;

/// <summary>T5, T5 1.1 and Flan-T5 with a language modeling head. Raffel et al. 2019, arXiv 1910.10683.</summary>
[ModelTypes("t5")]
[DefaultTargets("q", "v")]
[DefaultTargets("k", "v", "wo", Group = TargetGroup.Rescaled)]
[DefaultTargets("wo", Group = TargetGroup.FeedForward)]
[DefaultTargets("layer_norm", "final_layer_norm", Group = TargetGroup.Norms)]
[SizeOutsideSlots("2*relative_attention_num_buckets*num_heads")]
[KeyValueSize("num_layers", "num_heads*d_kv")]
[AttentionSize("num_layers", "num_heads*d_kv")]
[AttentionSize("num_decoder_layers", "num_heads*d_kv")]
[AttentionSize("num_decoder_layers", "num_heads*d_kv")]
[ConfigDefault("num_decoder_layers", "num_layers")]
[ConfigDefault("relative_attention_num_buckets", "32")]
[ConfigDefault("is_gated_act", "true", When = "feed_forward_proj=gated-*")]
[ConfigDefault("tie_word_embeddings", "true")]
public class T5ForConditionalGeneration : EncoderDecoderModel
{
    // All three names refer to one table. The first checkpoints also contain a bias for cross-attention, which is unused.
    private static readonly CheckpointNames Names = new()
    {
        Spellings = [("shared.weight", "encoder.embed_tokens.weight"), ("shared.weight", "decoder.embed_tokens.weight")],
        UnusedEnds = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "EncDecAttention.relative_attention_bias.weight"],
    };

    private readonly T5Config _config;
    private readonly Embedding _table;

    /// <summary>Creates a model without weights, which a checkpoint or an initialization assigns.</summary>
    /// <param name="config">The sizes and settings.</param>
    protected T5ForConditionalGeneration(T5Config config)
        : base(config, config.DecoderStartTokenId)
    {
        _config = config;
        shared = _table = new Embedding(config.VocabularySize, config.HiddenSize);
        encoder = new T5Encoder(config);
        register_module(nameof(encoder), encoder);
        decoder = new T5Decoder(config);
        register_module(nameof(decoder), decoder);
        lm_head = config.TiesHead ? new TiedHead(_table) : new Linear(config.HiddenSize, config.VocabularySize, hasBias: false, LayerKind.Head);
    }

    /// <summary>Lets the compiler's first error about a class that is not completed be the only one.</summary>
    /// <exception cref="PeftException">PEFT001: always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T5ForConditionalGeneration()
        : this(Incomplete<T5Config>())
    {
    }

    /// <summary>The token embedding [vocabulary, hidden], for source and target.</summary>
    [Slot("vocab_size", "d_model", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> shared { get; set => Fill(ref field, value); }

    /// <summary>The encoder.</summary>
    public T5Encoder encoder { get; }

    /// <summary>The decoder.</summary>
    public T5Decoder decoder { get; }

    /// <summary>The output head [vocabulary, hidden].</summary>
    [Slot("vocab_size", "d_model", Kind = LayerKind.Head, TiedBy = "tie_word_embeddings")]
    public nn.Module<Tensor, Tensor> lm_head { get; set => Fill(ref field, value); }

    /// <inheritdoc/>
    public override int DecoderLayerCount => _config.DecoderLayerCount;

    /// <inheritdoc cref="LlamaForCausalLM.FromPretrained"/>
    public static T5ForConditionalGeneration FromPretrained(string directory, Device? device = null)
    {
        var model = new T5ForConditionalGeneration(T5Config.Load(directory));
        model.LoadWeights(directory, device);
        return model;
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromConfig"/>
    public static T5ForConditionalGeneration FromConfig(T5Config config, Device? device = null, int seed = 0)
    {
        var model = new T5ForConditionalGeneration(config);
        model.InitializeWeights(device, seed);
        return model;
    }

    /// <inheritdoc/>
    public override Tensor Embed(Tensor inputIds) => shared.call(inputIds);

    /// <inheritdoc/>
    protected override CheckpointNames CheckpointNames => Names;

    // T5 does not divide scores by the root of the head width; the initialization compensates for it.
    /// <inheritdoc/>
    protected override double StandardDeviation(string path, WeightLayer layer)
    {
        double width = path.Split('.')[^1] switch
        {
            "shared" or "lm_head" => 1,
            "q" => (double)_config.HiddenSize * _config.HeadSize,
            "relative_attention_bias" => _config.HiddenSize,
            _ => layer.Input,
        };
        return _config.InitializerRange / Math.Sqrt(width);
    }

    /// <inheritdoc/>
    protected override Tensor RunEncoder(Tensor hidden, AttentionContext context)
    {
        T5Attention attention = encoder.block[0].layer.Attention.SelfAttention;
        context = context.WithBias(past: 0, hidden.size(1), (first, keys) => attention.Bias(hidden, first, keys, bothWays: true));
        return encoder.End(RunBlocks(encoder.block, block => block.Branches, encoder.Begin(hidden), context));
    }

    /// <inheritdoc/>
    protected override Tensor RunDecoder(Tensor hidden, long past, AttentionContext context)
    {
        T5Attention attention = decoder.block[0].layer.Attention.SelfAttention;
        context = context.WithBias(past, hidden.size(1), (first, keys) => attention.Bias(hidden, first, keys, bothWays: false));
        return decoder.End(RunBlocks(decoder.block, block => block.Branches, decoder.Begin(hidden), context));
    }

    /// <inheritdoc/>
    protected override Tensor Head(Tensor hidden)
    {
        // The values of the embedding are larger than those of a separate head, so T5 scales the input of a tied head.
        using DisposeScope scope = NewDisposeScope();
        Tensor scaled = _config.TiesHead ? hidden * Scalars.Of(Math.Pow(_config.HiddenSize, -0.5)) : hidden;
        return lm_head.call(scaled).MoveToOuterDisposeScope();
    }
}
