using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Tiny models whose adapters are not at their start, in training mode.</summary>
internal static class JointModels
{
    internal static readonly string[] AllLinear = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    internal static readonly Dictionary<string, Func<CausalLanguageModel>> All = new(StringComparer.Ordinal)
    {
        ["LoRA"] = () => Llama(new LoraConfig { Rank = 3, Targets = AllLinear }),
        ["LoRA of several ranks"] = () => Llama(new LoraConfig { Rank = 3, Alpha = 5, Targets = AllLinear, RankPattern = [new("v_proj", 2)] }),
        ["LoRA with dropout"] = () => Llama(new LoraConfig { Rank = 3, Dropout = 0.3, Targets = AllLinear }),
        ["LoRA with own biases"] = () => Llama(new LoraConfig { Rank = 3, OwnBias = true, Targets = AllLinear }),
        ["gated LoRA"] = () => Llama(new LoraConfig { Rank = 3, Gated = true, Targets = AllLinear }),
        ["LoRA and trained biases"] = () => With(Biased(), new LoraConfig { Rank = 3, Bias = BiasTraining.All, Targets = AllLinear }),
        ["LoRA over biases"] = () => With(Biased(), new LoraConfig { Rank = 3, Targets = AllLinear }),
        ["LoRA over bfloat16"] = () => With(Prepared(model => model.Use(Precision.BFloat16)), new LoraConfig { Rank = 3, Targets = AllLinear }),
        ["LoRA over 4 bits"] = () => With(Prepared(model => model.Quantize(new QuantizationSettings())), new LoraConfig { Rank = 3, Targets = AllLinear }),
        ["LoRA on GPT-2"] = () => With(TinyModels.Gpt2(), new LoraConfig { Rank = 3, Targets = ["c_attn", "c_proj", "c_fc"] }),
        ["two LoRAs"] = () => With(Llama(new LoraConfig { Rank = 3, Targets = AllLinear }), new LoraConfig { Rank = 2, Targets = ["q_proj", "up_proj"] }, "second"),
        ["(IA)³ and LoRA"] = () => With(Llama(new Ia3Config()), new LoraConfig { Rank = 2, Targets = AllLinear }, "second"),
        ["DoRA"] = () => Llama(new DoraConfig { Rank = 3, Targets = AllLinear }),
        ["DoRA with dropout"] = () => Llama(new DoraConfig { Rank = 3, Dropout = 0.3, Targets = AllLinear }),
        ["DoRA over biases"] = () => With(Biased(), new DoraConfig { Rank = 3, Targets = AllLinear }),
        ["DoRA over 4 bits"] = () => With(Prepared(model => model.Quantize(new QuantizationSettings())), new DoraConfig { Rank = 3, Targets = AllLinear }),
        ["DoRA on GPT-2"] = () => With(TinyModels.Gpt2(), new DoraConfig { Rank = 3, Targets = ["c_attn", "c_proj", "c_fc"] }),
        ["VeRA"] = () => Llama(new VeraConfig { Rank = 5, Targets = AllLinear }),
        ["VeRA with dropout"] = () => Llama(new VeraConfig { Rank = 5, Dropout = 0.3, Targets = AllLinear }),
        ["VeRA over biases"] = () => With(Biased(), new VeraConfig { Rank = 5, Targets = AllLinear }),
        ["VeRA and trained biases"] = () => With(Biased(), new VeraConfig { Rank = 5, Bias = BiasTraining.All, Targets = AllLinear }),
        ["VeRA over bfloat16"] = () => With(Prepared(model => model.Use(Precision.BFloat16)), new VeraConfig { Rank = 5, Targets = AllLinear }),
        ["VeRA over 4 bits"] = () => With(Prepared(model => model.Quantize(new QuantizationSettings())), new VeraConfig { Rank = 5, Targets = AllLinear }),
        ["VeRA on GPT-2"] = () => With(TinyModels.Gpt2(), new VeraConfig { Rank = 5, Targets = ["c_attn", "c_proj", "c_fc"] }),
        ["VeRA beside LoRA"] = () => With(Llama(new VeraConfig { Rank = 5, Targets = ["q_proj", "k_proj"] }), new LoraConfig { Rank = 2, Targets = ["v_proj"] }, "second"),
        ["VeRA within LoRA"] = () => With(Llama(new VeraConfig { Rank = 5, Targets = AllLinear }), new LoraConfig { Rank = 2, Targets = AllLinear }, "second"),
        ["(IA)³"] = () => Llama(new Ia3Config()),
        ["(IA)³ on all layers"] = () => Llama(new Ia3Config { Targets = AllLinear, FeedForward = ["o_proj", "up_proj", "down_proj"] }),
        ["(IA)³ over biases"] = () => With(Biased(), new Ia3Config { Targets = AllLinear, FeedForward = ["up_proj", "down_proj"] }),
        ["(IA)³ over bfloat16"] = () => With(Prepared(model => model.Use(Precision.BFloat16)), new Ia3Config { Targets = AllLinear, FeedForward = ["down_proj"] }),
        ["(IA)³ over 4 bits"] = () => With(Prepared(model => model.Quantize(new QuantizationSettings())), new Ia3Config { Targets = AllLinear, FeedForward = ["down_proj"] }),
        ["(IA)³ on GPT-2"] = () => With(TinyModels.Gpt2(), new Ia3Config { Targets = ["c_attn", "mlp.c_proj"], FeedForward = ["mlp.c_proj"] }),
        ["two (IA)³"] = () => With(Llama(new Ia3Config()), new Ia3Config(), "second"),
        ["LoRA and (IA)³"] = () => With(Llama(new LoraConfig { Rank = 2, Targets = AllLinear }), new Ia3Config(), "second"),
        ["LoRA with checkpoints"] = () => Checkpointed(Llama(new LoraConfig { Rank = 3, Dropout = 0.3, Targets = AllLinear })),
        ["DoRA with checkpoints"] = () => Checkpointed(Llama(new DoraConfig { Rank = 3, Targets = AllLinear })),
        ["(IA)³ with checkpoints"] = () => Checkpointed(Llama(new Ia3Config())),
        ["VeRA with checkpoints"] = () => Checkpointed(Llama(new VeraConfig { Rank = 5, Dropout = 0.3, Targets = AllLinear })),
    };

    internal static CausalLanguageModel Llama(AdapterConfig config) => With(TinyModels.Llama(), config);

    internal static CausalLanguageModel With(CausalLanguageModel model, AdapterConfig config, string name = "first")
    {
        random.manual_seed(3).Dispose();   // attaching draws numbers too
        var adapter = new Adapter(name, config);
        model.Adapters.Attach(adapter);
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.1));
        }

        model.Adapters.Activate([.. model.Adapters.Select(other => other.Name)]);
        model.train();
        return model;
    }

    private static LlamaForCausalLM Biased() =>
        LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { QueryKeyValueBias = true, OutputBias = true, FeedForwardBias = true }, seed: 1);

    private static LlamaForCausalLM Prepared(Action<LlamaForCausalLM> prepare)
    {
        LlamaForCausalLM model = TinyModels.Llama();
        prepare(model);
        return model;
    }

    private static CausalLanguageModel Checkpointed(CausalLanguageModel model)
    {
        model.GradientCheckpointing = true;
        return model;
    }
}
