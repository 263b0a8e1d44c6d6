using System.Collections.Immutable;

namespace Peft.Declarative.Checkpoints;

/// <summary>What the header of a safetensors file says.</summary>
/// <param name="Entries">All tensors, ordered as their bytes are once <see cref="SafetensorsLayout"/> has checked them.</param>
/// <param name="Metadata">Free text of the writer; empty if there is none.</param>
internal sealed record SafetensorsHeader(List<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Bytes before the header, which hold its length as a little-endian number.</summary>
    internal const int PrefixLength = 8;

    /// <summary>Longest header that the format allows, in bytes.</summary>
    internal const long MaxLength = 100_000_000;

    /// <summary>Key of the writer's own text, and thus no name for a tensor.</summary>
    internal const string MetadataKey = "__metadata__";
}

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
