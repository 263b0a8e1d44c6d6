namespace Peft.Declarative.Models;

/// <summary>Mistral: the Llama architecture with a sliding window. Jiang et al. 2023, arXiv 2310.06825.</summary>
[DefaultTargets("q_proj", "v_proj")]
[DefaultTargets("k_proj", "v_proj", "down_proj", Group = TargetGroup.Rescaled)]
[DefaultTargets("down_proj", Group = TargetGroup.FeedForward)]
[DefaultTargets("input_layernorm", "post_attention_layernorm", "norm", Group = TargetGroup.Norms)]
public class MistralForCausalLM : LlamaForCausalLM
{
    /// <summary>Creates a model without weights, which a checkpoint or an initialization assigns.</summary>
    /// <param name="config">The sizes and settings.</param>
    protected MistralForCausalLM(LlamaConfig config)
        : base(config)
    {
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromPretrained"/>
    public static new MistralForCausalLM FromPretrained(string directory, Device? device = null)
    {
        var model = new MistralForCausalLM(LlamaConfig.Load(directory));
        model.LoadWeights(directory, device);
        return model;
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromConfig"/>
    public static new MistralForCausalLM FromConfig(LlamaConfig config, Device? device = null, int seed = 0)
    {
        var model = new MistralForCausalLM(config);
        model.InitializeWeights(device, seed);
        return model;
    }
}
