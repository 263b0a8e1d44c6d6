namespace Peft.Declarative.Models;

/// <summary>Qwen 2 and 2.5: the Llama architecture with biases on query, key and value. Yang et al. 2024, arXiv 2407.10671.</summary>
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
