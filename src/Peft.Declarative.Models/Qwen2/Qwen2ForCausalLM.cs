using System.ComponentModel;

namespace Peft.Declarative.Models;

/// <summary>Qwen 2 and 2.5: the Llama architecture with biases on query, key and value. Yang et al. 2024, arXiv 2407.10671.</summary>
[ModelTypes("qwen2")]
[DefaultTargets("q_proj", "v_proj")]
[DefaultTargets("q_proj", "v_proj", "down_proj", Group = TargetGroup.Rescaled)]
[DefaultTargets("down_proj", Group = TargetGroup.FeedForward)]
[DefaultTargets("post_attention_layernorm", Group = TargetGroup.Norms)]
public class Qwen2ForCausalLM : LlamaForCausalLM
{
    /// <summary>Creates a model without weights, which a checkpoint or an initialization assigns.</summary>
    /// <param name="config">The sizes and settings.</param>
    protected Qwen2ForCausalLM(LlamaConfig config)
        : base(config)
    {
    }

    /// <summary>Lets the compiler's first error about a class that is not completed be the only one.</summary>
    /// <exception cref="PeftException">PEFT001: always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected Qwen2ForCausalLM()
        : this(Incomplete<LlamaConfig>())
    {
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromPretrained"/>
    public static new Qwen2ForCausalLM FromPretrained(string directory, Device? device = null)
    {
        var model = new Qwen2ForCausalLM(LlamaConfig.Load(directory));
        model.LoadWeights(directory, device);
        return model;
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromConfig"/>
    public static new Qwen2ForCausalLM FromConfig(LlamaConfig config, Device? device = null, int seed = 0)
    {
        var model = new Qwen2ForCausalLM(config);
        model.InitializeWeights(device, seed);
        return model;
    }
}
