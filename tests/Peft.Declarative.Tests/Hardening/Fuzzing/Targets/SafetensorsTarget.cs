using System.Buffers.Binary;
using Peft.Declarative.Checkpoints;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>A safetensors file: header, layout, and every byte of every tensor, which must be the file's own.</summary>
internal sealed class SafetensorsTarget : FuzzTarget
{
    internal override string Name => "safetensors";

    internal override IReadOnlyList<byte[]> Seeds { get; }

    internal override IReadOnlyList<string> Words { get; } =
    [
        "__metadata__", "dtype", "shape", "data_offsets", "F32", "BF16", "F16", "I64", "BOOL", "F8_E4M3", "F4", "U16", "[0,0]", "[4611686018427387904,4]",
        "[0,4611686018427387904]", "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}",
    ];

    internal SafetensorsTarget() => Seeds = [Mixed(), File.ReadAllBytes(TestData.Small("fixtures", "cases", "llama__lora_basic", "adapter", "adapter_model.safetensors"))];

    internal override void Read(byte[] input)
    {
        string path = Path.Combine(Folder, "model.safetensors");
        File.WriteAllBytes(path, input);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        long data = 8 + BinaryPrimitives.ReadInt64LittleEndian(input);
        foreach (string name in file.Names)
        {
            SafetensorsEntry entry = file.Entry(name);
            using DisposeScope scope = NewDisposeScope();
            Tensor tensor = file.Read(name).MoveToOuterDisposeScope();
            scope.Attach(tensor);
            byte[] own = input[(int)(data + entry.Begin)..(int)(data + entry.End)];
            Assert.True(tensor.numel() == 0 || tensor.contiguous().bytes.SequenceEqual(own), $"'{name}' holds other bytes than the file");
        }
    }

    internal override bool IsWellFormed(byte[] input) => HasHeader(input);

    /// <summary>Whether a file has a header that is JSON, after its length.</summary>
    internal static bool HasHeader(byte[] input) => input.Length >= 8 && BinaryPrimitives.ReadUInt64LittleEndian(input) is var length
        && length <= (ulong)input.Length - 8 && IsJson(input.AsMemory(8, (int)length));

    private byte[] Mixed()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = Path.Combine(Folder, "seed");
        SafetensorsWriter.Write(
            path,
            new Dictionary<string, Tensor>
            {
                ["a.weight"] = arange(12).reshape(3, 4).to(ScalarType.Float32),
                ["b.weight"] = arange(6).to(ScalarType.BFloat16),
                ["empty"] = zeros(0, 3),
                ["step"] = tensor(7L),
            },
            new Dictionary<string, string> { ["format"] = "pt" });
        return File.ReadAllBytes(path);
    }
}
