using System.ComponentModel;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;

namespace Peft.Declarative.Models;

/// <summary>Llama 2 and 3, and models of the same architecture, with a language modeling head. Touvron et al. 2023, arXiv 2307.09288.</summary>
[ModelTypes("llama", "mistral", "qwen2")]
[DefaultTargets("q_proj", "v_proj")]
[DefaultTargets("k_proj", "v_proj", "down_proj", Group = TargetGroup.Rescaled)]
[DefaultTargets("down_proj", Group = TargetGroup.FeedForward)]
[DefaultTargets("input_layernorm", "post_attention_layernorm", "norm", Group = TargetGroup.Norms)]
[KeyValueSize("num_hidden_layers", "num_key_value_heads*head_dim")]
[AttentionSize("num_hidden_layers", "num_attention_heads*head_dim")]
[ConfigDefault("num_key_value_heads", "num_attention_heads")]
[ConfigDefault("head_dim", "hidden_size/num_attention_heads")]
[ConfigDefault("qkv_bias", "true", When = "model_type=qwen2")]   // no field of real files
[ConfigDefault("qkv_bias", "attention_bias")]
public class LlamaForCausalLM : CausalLanguageModel
{
    private readonly LlamaConfig _config;
    private readonly LlamaModel _model;

    /// <summary>Creates a model without weights, which a checkpoint or an initialization assigns.</summary>
    /// <param name="config">The sizes and settings.</param>
    protected LlamaForCausalLM(LlamaConfig config)
        : base(config)
    {
        _config = config;
        _model = new LlamaModel(config);
        register_module(nameof(model), _model);
        lm_head = config.TiesHead
            ? new TiedHead(_model.InputEmbedding)
            : new Linear(config.HiddenSize, config.VocabularySize, hasBias: false, LayerKind.Head);
    }

    /// <summary>Lets the compiler's first error about a class that is not completed be the only one.</summary>
    /// <exception cref="PeftException">PEFT001: always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected LlamaForCausalLM()
        : this(Incomplete<LlamaConfig>())
    {
    }

    /// <summary>The model without the head.</summary>
    public LlamaModel model => _model;

    /// <summary>The output head [vocabulary, hidden].</summary>
    [Slot("vocab_size", "hidden_size", Kind = LayerKind.Head, TiedBy = "tie_word_embeddings")]
    public nn.Module<Tensor, Tensor> lm_head { get; set => Fill(ref field, value); }

    /// <summary>Loads a Hugging Face model directory.</summary>
    /// <param name="directory">A directory with config.json and the weights, in one file or in shards.</param>
    /// <param name="device">The device for the weights. The default is the CPU, where they remain mapped from the file.</param>
    /// <exception cref="PeftException">The directory is missing, damaged, or contains a model of another family. The message lists every problem.</exception>
    /// <example>
    /// <code>
    /// using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained("models/llama-3.2-1b");
    /// Console.WriteLine(model.Config.LayerCount);
    /// </code>
    /// </example>
    public static LlamaForCausalLM FromPretrained(string directory, Device? device = null)
    {
        var model = new LlamaForCausalLM(LlamaConfig.Load(directory));
        model.LoadWeights(directory, device);
        return model;
    }

    /// <summary>Creates a model with randomly initialized weights.</summary>
    /// <param name="config">The sizes and settings.</param>
    /// <param name="device">The device for the weights. The default is the CPU.</param>
    /// <param name="seed">The random seed. The default is 0.</param>
    public static LlamaForCausalLM FromConfig(LlamaConfig config, Device? device = null, int seed = 0)
    {
        var model = new LlamaForCausalLM(config);
        model.InitializeWeights(device, seed);
        return model;
    }

    /// <inheritdoc/>
    public override Tensor Embed(Tensor inputIds) => _model.embed_tokens.call(inputIds);

    /// <inheritdoc/>
    protected override int? SlidingWindow => _config.SlidingWindow;

    /// <inheritdoc/>
    protected override Tensor Blocks(Tensor hidden, Tensor positions, AttentionContext context)
    {
        (Tensor cosine, Tensor sine) = _config.Rotary.At(positions, hidden.dtype);
        hidden = RunBlocks(_model.layers, layer => layer.Branches, hidden, context with { Cosine = cosine, Sine = sine });
        return _model.norm.call(hidden);
    }

    /// <inheritdoc/>
    protected override Tensor Head(Tensor hidden) => lm_head.call(hidden);
}
