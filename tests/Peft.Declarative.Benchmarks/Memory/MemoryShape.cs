using Peft.Declarative.Benchmarks.Loading;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Memory;

/// <summary>A model whose weights lie in files, and the batches that train it.</summary>
/// <param name="Name">The argument that selects it.</param>
/// <param name="Checkpoint">The model.</param>
/// <param name="Batch">Rows of a step.</param>
/// <param name="Time">Tokens of a row.</param>
internal sealed record MemoryShape(string Name, LargeCheckpoint Checkpoint, int Batch, int Time)
{
    internal static IReadOnlyList<MemoryShape> All { get; } =
    [
        new("1024", new LargeCheckpoint(Hidden: 1024, Inner: 2816, Blocks: 8, Heads: 16, KeyValueHeads: 16), Batch: 2, Time: 256),
        new("1.1b", new LargeCheckpoint(Hidden: 2048, Inner: 5632, Blocks: 22, Heads: 32, KeyValueHeads: 4), Batch: 1, Time: 256),
    ];

    /// <summary>The types of the files: a float32 model is read from a float32 file, as nothing is converted then.</summary>
    internal static IReadOnlyList<ScalarType> FileTypes { get; } = [ScalarType.Float32, ScalarType.BFloat16];

    internal static MemoryShape Named(string name) => All.First(shape => shape.Name == name);
}
