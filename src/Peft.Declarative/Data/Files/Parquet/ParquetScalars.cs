using System.Text.Json.Nodes;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>A column with names or whole numbers, such as the classes of texts.</summary>
internal sealed class ParquetScalars
{
    private readonly DataField _field;

    private ParquetScalars(DataField field) => _field = field;

    /// <summary>Gets the column; <see langword="null"/> if the file has none.</summary>
    /// <exception cref="PeftException">PEFT601: the column has another type.</exception>
    internal static ParquetScalars? Of(ParquetSchema schema, string path, string name) =>
        schema.Fields.FirstOrDefault(field => field.Name == name) switch
        {
            null => null,
            DataField { IsArray: false } field when ParquetColumns.IsText(field) || IsWhole(field.ClrType) => new ParquetScalars(field),
            _ => throw DataErrors.ParquetColumns(path, $"its column '{name}' is neither text nor whole numbers"),
        };

    internal JsonNode?[] Read(ParquetRowGroupReader group)
    {
        if (ParquetColumns.IsText(_field))
        {
            return [.. ParquetColumns.Flat(group, _field).Select(name => name is null ? null : (JsonNode)JsonValue.Create(name)!)];
        }

        using RawColumnData column = group.ReadRawColumnDataBaseAsync(_field).AsTask().GetAwaiter().GetResult();
        long[] values = Values(column);
        int[]? definitions = _field.MaxDefinitionLevel > 0 ? column.DefinitionLevels.ToArray() : null;
        var scalars = new JsonNode?[checked((int)group.RowCount)];
        int next = 0;
        for (int row = 0; row < scalars.Length; row++)
        {
            scalars[row] = definitions is null || definitions[row] == _field.MaxDefinitionLevel ? JsonValue.Create(values[next++]) : null;
        }

        return scalars;
    }

    private static bool IsWhole(Type type) => type == typeof(long) || type == typeof(int) || type == typeof(short) || type == typeof(sbyte) || type == typeof(byte);

    private static long[] Values(RawColumnData column) => column switch
    {
        RawColumnData<long> values => values.Values.ToArray(),
        RawColumnData<int> values => [.. values.Values.ToArray().Select(value => (long)value)],
        RawColumnData<short> values => [.. values.Values.ToArray().Select(value => (long)value)],
        RawColumnData<sbyte> values => [.. values.Values.ToArray().Select(value => (long)value)],
        RawColumnData<byte> values => [.. values.Values.ToArray().Select(value => (long)value)],
        _ => throw new NotSupportedException($"whole numbers of the type {column.GetType().Name}"),
    };
}
