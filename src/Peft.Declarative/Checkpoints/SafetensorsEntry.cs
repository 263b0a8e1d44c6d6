using System.Collections.Immutable;

namespace Peft.Declarative.Checkpoints;

/// <summary>Where a tensor lies in a safetensors file, and how its bytes are to be read.</summary>
/// <param name="Name">Name of the tensor, as the model's state names it.</param>
/// <param name="Dtype">Type of its elements.</param>
/// <param name="Shape">Sizes of its dimensions; empty for a single number.</param>
/// <param name="Begin">First byte, counted from the start of the data after the header.</param>
/// <param name="End">First byte after the tensor, counted alike.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsDtype Dtype, ImmutableArray<long> Shape, long Begin, long End)
{
    /// <summary>Bytes that the tensor takes.</summary>
    public long ByteLength => End - Begin;

    internal string ShapeText => $"[{string.Join(", ", Shape)}]";
}
