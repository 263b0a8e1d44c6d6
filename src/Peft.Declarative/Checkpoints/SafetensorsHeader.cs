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
