using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The file beside an adapter's own with the network that makes its tensors while training.</summary>
internal sealed class AdapterTrainingTarget : LoadedAdapterTarget
{
    private readonly string _folder;

    internal AdapterTrainingTarget()
    {
        _folder = Path.Combine(Folder, "adapter");
        var adapter = new Adapter("default", new PTuningConfig { Tokens = 2, Hidden = 4 });
        AdapterWiring.Attach(Model, adapter);
        Model.Adapters.Adopt(adapter);
        adapter.Save(_folder);
        Model.Adapters.Remove(adapter.Name);
        Seeds = [File.ReadAllBytes(Path.Combine(_folder, AdapterDirectory.TrainingName))];
    }

    internal override string Name => "adapter-training";

    internal override IReadOnlyList<byte[]> Seeds { get; }

    internal override IReadOnlyList<string> Words { get; } =
        ["adapter_sha256", "__metadata__", "dtype", "shape", "data_offsets", "F32", "BF16", "I64", "[2,4]", "[4,2]", "prompt_encoder.mlp_head.0.weight", "prompt_embeddings"];

    internal override bool IsWellFormed(byte[] input) => SafetensorsTarget.HasHeader(input);

    internal override void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(_folder, AdapterDirectory.TrainingName), input);
        Load(_folder);
    }
}
