using System.Collections.Immutable;

namespace Peft.Declarative.Checkpoints;

/// <summary>The contents of the header of a safetensors file.</summary>
/// <param name="Entries">All tensors. <see cref="SafetensorsLayout"/> sorts them by their byte ranges.</param>
/// <param name="Metadata">The writer's metadata; empty if there is none.</param>
internal sealed record SafetensorsHeader(List<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The number of bytes before the header. They contain its length as a little-endian integer.</summary>
    internal const int PrefixLength = 8;

    /// <summary>The maximum length of a header in bytes.</summary>
    internal const long MaxLength = 100_000_000;

    /// <summary>The key of the metadata. No tensor can have this name.</summary>
    internal const string MetadataKey = "__metadata__";
}

/// <summary>The element type, shape and byte range of a tensor in a safetensors file.</summary>
/// <param name="Name">The name of the tensor in the model's state.</param>
/// <param name="Dtype">The element type.</param>
/// <param name="Shape">The sizes of the dimensions; empty for a scalar.</param>
/// <param name="Begin">The offset of the first byte from the end of the header.</param>
/// <param name="End">The offset of the first byte after the tensor from the end of the header.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsDtype Dtype, ImmutableArray<long> Shape, long Begin, long End)
{
    /// <summary>The size of the tensor in bytes.</summary>
    public long ByteLength => End - Begin;

    internal string ShapeText => $"[{string.Join(", ", Shape)}]";
}
