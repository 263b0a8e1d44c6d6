namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>The sizes in a structure of a Parquet file: numbers and structures by the ids of their fields.</summary>
internal sealed class ThriftStruct
{
    private readonly Dictionary<int, long> _numbers = [];
    private readonly Dictionary<int, List<ThriftStruct>> _structs = [];

    /// <summary>Gets a number; <see langword="null"/> if the field is missing.</summary>
    internal long? Number(int field) => _numbers.TryGetValue(field, out long value) ? value : null;

    /// <summary>Gets the structures of a list or a single field. Empty if the field is missing.</summary>
    internal IReadOnlyList<ThriftStruct> Structs(int field) => _structs.GetValueOrDefault(field) ?? [];

    internal void Set(int field, long value) => _numbers[field] = value;

    internal void Add(int field, ThriftStruct value)
    {
        if (!_structs.TryGetValue(field, out List<ThriftStruct>? list))
        {
            _structs[field] = list = [];
        }

        list.Add(value);
    }
}
