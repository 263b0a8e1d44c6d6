using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Llama 2 and 3, and what is shaped like them, with a language-model head. Touvron et al. 2023, arXiv 2307.09288.</summary>
[DefaultTargets("q_proj", "v_proj")]
[DefaultTargets("k_proj", "v_proj", "down_proj", For = "Ia3")]
[DefaultTargets("down_proj", For = "Ia3.FeedForward")]
[DefaultTargets("input_layernorm", "post_attention_layernorm", "norm", For = "LayerNormTuning")]
[KeyValueSize("num_hidden_layers", "num_key_value_heads*head_dim")]
[AttentionSize("num_hidden_layers", "num_attention_heads*head_dim")]
public class LlamaForCausalLM : CausalLanguageModel
{
    private readonly LlamaConfig _config;
    private readonly LlamaModel _model;
    private nn.Module<Tensor, Tensor> _head;

    /// <summary>Makes a model without weights; a checkpoint or an initialisation fills it.</summary>
    /// <param name="config">Sizes and settings.</param>
    protected LlamaForCausalLM(LlamaConfig config)
        : base(config)
    {
        _config = config;
        _model = new LlamaModel(config);
        register_module(nameof(model), _model);
        _head = config.TiesHead
            ? new TiedHead(_model.InputEmbedding)
            : new Linear(config.HiddenSize, config.VocabularySize, hasBias: false, LayerKind.Head);
        register_module(nameof(lm_head), _head);
    }

    /// <summary>Everything below the head.</summary>
    public LlamaModel model => _model;

    /// <summary>Hidden states to logits.</summary>
    [Slot("vocab_size", "hidden_size", Kind = LayerKind.Head, TiedBy = "tie_word_embeddings")]
    public nn.Module<Tensor, Tensor> lm_head
    {
        get => _head;
        set => Fill(ref _head, value);
    }

    /// <summary>Reads a Hugging Face model directory.</summary>
    /// <param name="directory">Directory with config.json and the weights, in one file or in shards.</param>
    /// <param name="device">Where the weights go; the CPU unless set, where they stay mapped from the file.</param>
    /// <exception cref="PeftException">The directory is missing, damaged, or holds another family; every problem is listed.</exception>
    public static LlamaForCausalLM FromPretrained(string directory, Device? device = null)
    {
        var model = new LlamaForCausalLM(LlamaConfig.Load(directory));
        model.LoadWeights(directory, device);
        return model;
    }

    /// <summary>Makes a model with freshly drawn weights.</summary>
    /// <param name="config">Sizes and settings.</param>
    /// <param name="device">Where the weights go; the CPU unless set.</param>
    /// <param name="seed">Seed of the weights.</param>
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
        hidden = RunBlocks(_model.layers, layer => layer.Forward, hidden, context with { Cosine = cosine, Sine = sine });
        return _model.norm.call(hidden);
    }

    /// <inheritdoc/>
    protected override Tensor Head(Tensor hidden) => _head.call(hidden);
}
