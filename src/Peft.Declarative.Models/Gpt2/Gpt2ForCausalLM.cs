using System.ComponentModel;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;

namespace Peft.Declarative.Models;

/// <summary>GPT-2 with a language modeling head. Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".</summary>
[ModelTypes("gpt2")]
[DefaultTargets("c_attn")]
[DefaultTargets("c_attn", "mlp.c_proj", Group = TargetGroup.Rescaled)]
[DefaultTargets("mlp.c_proj", Group = TargetGroup.FeedForward)]
[DefaultTargets("ln_1", "ln_2", "ln_f", Group = TargetGroup.Norms)]
[KeyValueSize("n_layer", "n_embd")]
[AttentionSize("n_layer", "n_embd")]
[ConfigDefault("n_embd", "768")]
[ConfigDefault("n_layer", "12")]
[ConfigDefault("n_positions", "1024")]
[ConfigDefault("n_inner", "4*n_embd")]
[ConfigDefault("vocab_size", "50257")]
[ConfigDefault("tie_word_embeddings", "true")]
public class Gpt2ForCausalLM : CausalLanguageModel
{
    private readonly Gpt2Model _model;

    /// <summary>Creates a model without weights, which a checkpoint or an initialization assigns.</summary>
    /// <param name="config">The sizes and settings.</param>
    protected Gpt2ForCausalLM(Gpt2Config config)
        : base(config)
    {
        _model = new Gpt2Model(config);
        register_module(nameof(transformer), _model);
        lm_head = config.TiesHead
            ? new TiedHead(_model.InputEmbedding)
            : new Linear(config.HiddenSize, config.VocabularySize, hasBias: false, LayerKind.Head);
    }

    /// <summary>Lets the compiler's first error about a class that is not completed be the only one.</summary>
    /// <exception cref="PeftException">PEFT001: always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected Gpt2ForCausalLM()
        : this(Incomplete<Gpt2Config>())
    {
    }

    /// <summary>The model without the head.</summary>
    public Gpt2Model transformer => _model;

    /// <summary>The output head [vocabulary, hidden].</summary>
    [Slot("vocab_size", "n_embd", Kind = LayerKind.Head, TiedBy = "tie_word_embeddings")]
    public nn.Module<Tensor, Tensor> lm_head { get; set => Fill(ref field, value); }

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
    public override int? PositionCount => Config.MaxPositions;

    /// <inheritdoc/>
    protected override Tensor AddPositions(Tensor hidden, Tensor positions) => hidden.add(_model.wpe.call(positions).to(hidden.dtype), Scalars.One);

    /// <inheritdoc/>
    protected override Tensor Blocks(Tensor hidden, Tensor positions, AttentionContext context) =>
        _model.ln_f.call(RunBlocks(_model.h, block => block.Branches, hidden, context));

    /// <inheritdoc/>
    protected override Tensor Head(Tensor hidden) => lm_head.call(hidden);
}
