using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>GPT-2 with a language-model head. Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".</summary>
[DefaultTargets("c_attn")]
[DefaultTargets("c_attn", "mlp.c_proj", For = "Ia3")]
[DefaultTargets("mlp.c_proj", For = "Ia3.FeedForward")]
[DefaultTargets("ln_1", "ln_2", "ln_f", For = "LayerNormTuning")]
[KeyValueSize("n_layer", "n_embd")]
[AttentionSize("n_layer", "n_embd")]
public class Gpt2ForCausalLM : CausalLanguageModel
{
    private readonly Gpt2Model _model;
    private nn.Module<Tensor, Tensor> _head;

    /// <summary>Makes a model without weights; a checkpoint or an initialisation fills it.</summary>
    /// <param name="config">Sizes and settings.</param>
    protected Gpt2ForCausalLM(Gpt2Config config)
        : base(config)
    {
        _model = new Gpt2Model(config);
        register_module(nameof(transformer), _model);
        _head = config.TiesHead
            ? new TiedHead(_model.InputEmbedding)
            : new Linear(config.HiddenSize, config.VocabularySize, hasBias: false, LayerKind.Head);
        register_module(nameof(lm_head), _head);
    }

    /// <summary>Everything below the head.</summary>
    public Gpt2Model transformer => _model;

    /// <summary>Hidden states to logits.</summary>
    [Slot("vocab_size", "n_embd", Kind = LayerKind.Head, TiedBy = "tie_word_embeddings")]
    public nn.Module<Tensor, Tensor> lm_head
    {
        get => _head;
        set => Fill(ref _head, value);
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromPretrained"/>
    public static Gpt2ForCausalLM FromPretrained(string directory, Device? device = null)
    {
        var model = new Gpt2ForCausalLM(Gpt2Config.Load(directory));
        model.LoadWeights(directory, device);
        return model;
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromConfig"/>
    public static Gpt2ForCausalLM FromConfig(Gpt2Config config, Device? device = null, int seed = 0)
    {
        var model = new Gpt2ForCausalLM(config);
        model.InitializeWeights(device, seed);
        return model;
    }

    /// <inheritdoc/>
    public override Tensor Embed(Tensor inputIds) => _model.wte.call(inputIds);

    /// <inheritdoc/>
    protected override Tensor PlacePositions(Tensor hidden, Tensor positions) => hidden + _model.wpe.call(positions).to(hidden.dtype);

    /// <inheritdoc/>
    protected override Tensor Blocks(Tensor hidden, Tensor positions, AttentionContext context) =>
        _model.ln_f.call(RunBlocks(_model.h, block => block.Forward, hidden, context));

    /// <inheritdoc/>
    protected override Tensor Head(Tensor hidden) => _head.call(hidden);
}
