using System.ComponentModel;

namespace Peft.Declarative.Models;

/// <summary>Mistral: the Llama architecture with a sliding window. Jiang et al. 2023, arXiv 2310.06825.</summary>
[ModelTypes("mistral")]
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

    /// <summary>Lets the compiler's first error about a class that is not completed be the only one.</summary>
    /// <exception cref="PeftException">PEFT001: always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected MistralForCausalLM()
        : this(Incomplete<LlamaConfig>())
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
