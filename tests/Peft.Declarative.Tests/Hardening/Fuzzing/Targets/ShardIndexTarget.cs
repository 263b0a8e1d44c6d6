using Peft.Declarative.Checkpoints;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The index of a sharded model. A file outside the model's folder holds a tensor that must never be reached.</summary>
internal sealed class ShardIndexTarget : FuzzTarget
{
    private const string Secret = "secret";

    private readonly string _model;

    internal ShardIndexTarget()
    {
        _model = Path.Combine(Folder, "model");
        Write(Path.Combine(_model, "model-00001-of-00002.safetensors"), "a", "b");
        Write(Path.Combine(_model, "model-00002-of-00002.safetensors"), "c");
        Write(Path.Combine(Folder, "outside.safetensors"), Secret);
        Words =
        [
            "../outside.safetensors", "./../outside.safetensors", "..\\outside.safetensors", Path.Combine(Folder, "outside.safetensors"),
            "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "\"secret\":\"../outside.safetensors\",", Secret, "weight_map", "..", ".",
            "C:\\\\a", "con", "a", "b", "c",
        ];
    }

    internal override string Name => "shard-index";

    internal override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("""
            {"metadata": {"total_size": 12}, "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00001-of-00002.safetensors",
            "c": "model-00002-of-00002.safetensors"}}
            """),
    ];

    internal override IReadOnlyList<string> Words { get; }

    internal override void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(_model, ModelDirectory.IndexName), input);
        using ModelDirectory model = ModelDirectory.Open(_model);
        Assert.False(model.Contains(Secret), "the index leads out of the folder");
        foreach (string name in model.Names)
        {
            using Tensor tensor = model.Read(name);
            Assert.Equal(1, tensor.numel());
        }
    }

    private static void Write(string path, params string[] names)
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Write(path, names.ToDictionary(name => name, _ => ones(1)));
    }
}
