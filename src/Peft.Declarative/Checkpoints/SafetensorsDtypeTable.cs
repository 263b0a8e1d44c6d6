using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>The name, size and TorchSharp type of each element type.</summary>
internal static class SafetensorsDtypeTable
{
    // One row per enum member, in the same order. A type of null means that TorchSharp does not support the element type.
    private static readonly (string Name, int Bits, ScalarType? Type)[] Rows =
    [
        ("BOOL", 8, ScalarType.Bool),
        ("F4", 4, null),
        ("F6_E2M3", 6, null),
        ("F6_E3M2", 6, null),
        ("U8", 8, ScalarType.Byte),
        ("I8", 8, ScalarType.Int8),
        ("F8_E5M2", 8, null),
        ("F8_E4M3", 8, null),
        ("F8_E8M0", 8, null),
        ("F8_E4M3FNUZ", 8, null),
        ("F8_E5M2FNUZ", 8, null),
        ("I16", 16, ScalarType.Int16),
        ("U16", 16, null),
        ("F16", 16, ScalarType.Float16),
        ("BF16", 16, ScalarType.BFloat16),
        ("I32", 32, ScalarType.Int32),
        ("U32", 32, null),
        ("F32", 32, ScalarType.Float32),
        ("C64", 64, null),
        ("F64", 64, ScalarType.Float64),
        ("I64", 64, ScalarType.Int64),
        ("U64", 64, null),
    ];

    internal static string Name(this SafetensorsDtype dtype) => Rows[(int)dtype].Name;

    internal static int Bits(this SafetensorsDtype dtype) => Rows[(int)dtype].Bits;

    /// <summary>The corresponding TorchSharp type, or <see langword="null"/>.</summary>
    internal static ScalarType? TorchType(this SafetensorsDtype dtype) => Rows[(int)dtype].Type;

    internal static SafetensorsDtype? Parse(string name) => Index(row => row.Name == name);

    internal static SafetensorsDtype? From(ScalarType type) => Index(row => row.Type == type);

    /// <summary>The names of the supported types, for messages.</summary>
    internal static string Readable { get; } = string.Join(", ", Rows.Where(row => row.Type is not null).Select(row => row.Name));

    private static SafetensorsDtype? Index(Predicate<(string Name, int Bits, ScalarType? Type)> wanted)
    {
        int index = Array.FindIndex(Rows, wanted);
        return index < 0 ? null : (SafetensorsDtype)index;
    }
}
