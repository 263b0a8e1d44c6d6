using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The adapter_config.json of adapters of several methods, loaded onto a model.</summary>
internal sealed class AdapterConfigTarget : FuzzTarget
{
    private readonly LlamaForCausalLM _model = LlamaForCausalLM.FromPretrained(Reference("fixtures", "models", "llama"));

    internal AdapterConfigTarget()
    {
        string lora = Reference("fixtures", "cases", "llama__lora_basic", "adapter");
        File.Copy(Path.Combine(lora, AdapterDirectory.WeightsName), Path.Combine(Folder, AdapterDirectory.WeightsName));
        Seeds = [File.ReadAllBytes(Path.Combine(lora, AdapterDirectory.ConfigName))];
    }

    internal override string Name => "adapter-config";

    internal override IReadOnlyList<byte[]> Seeds { get; }

    internal override IReadOnlyList<string> Words { get; } =
    [
        "LORA", "IA3", "VERA", "PROMPT_TUNING", "LN_TUNING", "\"use_dora\": true", "\"r\": 1000000000", "\"r\": 100000000", "r", "lora_alpha", "target_modules", "all-linear",
        "(a+)+$", ".*_proj", "\"(.*)*x\"", "layers_to_transform", "[0, 1]", "rank_pattern", "{\"q_proj\": 2000000000}", "{\"(a|a)*b\": 2}", "modules_to_save", "[\"lm_head\"]",
        "\"num_virtual_tokens\": 1000000000", "num_virtual_tokens", "bias", "all", "lora_only", "CAUSAL_LM", "init_lora_weights", "gaussian", "pissa", "olora",
    ];

    internal override void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(Folder, AdapterDirectory.ConfigName), input);
        try
        {
            Assert.NotEmpty(_model.LoadAdapter(Folder).Tensors);
        }
        finally
        {
            foreach (Adapter adapter in _model.Adapters.ToList())
            {
                _model.Adapters.Remove(adapter.Name);
            }
        }
    }

    public override void Dispose()
    {
        _model.Dispose();
        base.Dispose();
    }
}
