using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The adapter_config.json of AdapterHub, which keeps a method's settings apart.</summary>
internal sealed class AdapterHubConfigTarget : LoadedAdapterTarget
{
    private readonly string _folder;

    internal AdapterHubConfigTarget()
    {
        _folder = Copy("llama__ah_seq_bn");
        Seeds = [File.ReadAllBytes(Path.Combine(_folder, AdapterDirectory.ConfigName))];
    }

    internal override string Name => "hub-config";

    internal override IReadOnlyList<byte[]> Seeds { get; }

    internal override IReadOnlyList<string> Words { get; } =
    [
        "config", "architecture", "lora", "prefix_tuning", "union", "configs", "\"configs\": [{\"architecture\": \"lora\"}]", "name", "reduction_factor", "{\"0\": 4, \"default\": 16}",
        "1e-9", "1000000000", "mh_adapter", "output_adapter", "non_linearity", "swish", "inv_adapter", "nice", "is_parallel", "scaling", "learned", "leave_out", "[0, 1]", "use_gating",
        "composition_mode", "prefix_length", "bottleneck_size", "phm_layer", "init_weights", "residual_before_ln", "post_add", "adapter_names", "default",
    ];

    internal override void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(_folder, AdapterDirectory.ConfigName), input);
        Load(_folder);
    }
}
