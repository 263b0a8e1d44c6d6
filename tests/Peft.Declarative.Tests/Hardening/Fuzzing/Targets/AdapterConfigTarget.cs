using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The adapter_config.json of adapters of several methods, loaded onto a model.</summary>
internal sealed class AdapterConfigTarget : LoadedAdapterTarget
{
    private const string Usual = "llama__lora_basic";

    // What a file says of itself, and tensors that fit such a file.
    private static readonly (string Mark, string Adapter)[] Kinds =
        [("ADALORA", "llama__adalora_schedule"), ("PROMPT_TUNING", "llama__prompt_tuning"), ("LN_TUNING", "llama__ln_tuning"), ("*down_proj", "llama__lora_patterns")];

    private readonly Dictionary<string, string> _folders;

    internal AdapterConfigTarget()
    {
        _folders = Kinds.Select(kind => kind.Adapter).Append(Usual).ToDictionary(adapter => adapter, Copy);
        Seeds = [.. _folders.Values.Select(folder => File.ReadAllBytes(Path.Combine(folder, AdapterDirectory.ConfigName)))];
    }

    internal override string Name => "adapter-config";

    internal override IReadOnlyList<byte[]> Seeds { get; }

    internal override IReadOnlyList<string> Words { get; } =
    [
        "LORA", "ADALORA", "IA3", "VERA", "PROMPT_TUNING", "LN_TUNING", "\"use_dora\": true", "\"r\": 1000000000", "\"r\": 100000000", "r", "lora_alpha", "target_modules", "all-linear",
        "(a+)+$", ".*_proj", "\"(.*)*x\"", "layers_to_transform", "[0, 1]", "rank_pattern", "{\"q_proj\": 2000000000}", "{\"(a|a)*b\": 2}", "modules_to_save", "[\"lm_head\"]",
        "\"num_virtual_tokens\": 1000000000", "num_virtual_tokens", "bias", "all", "lora_only", "CAUSAL_LM", "init_lora_weights", "gaussian", "pissa", "olora", "init_r", "target_r", "rank_pattern", "total_step", "P_TUNING", "PREFIX_TUNING", "encoder_hidden_size",
    ];

    internal override void Read(byte[] input)
    {
        string text = System.Text.Encoding.Latin1.GetString(input);
        string folder = _folders[Kinds.FirstOrDefault(kind => text.Contains(kind.Mark, StringComparison.Ordinal)).Adapter ?? Usual];
        File.WriteAllBytes(Path.Combine(folder, AdapterDirectory.ConfigName), input);
        Load(folder);
    }
}
