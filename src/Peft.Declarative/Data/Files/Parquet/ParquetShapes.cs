using System.Globalization;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>
/// The structures of Parquet's footer and pages, by field: <c>i</c> is a whole number, <c>s</c> bytes, <c>b</c> true or false, <c>d</c> a
/// floating-point number, and other texts the name of a structure. A list has <c>*</c> before the type of its elements. Readers skip fields that are
/// not listed. Apache Parquet format 2.11, parquet.thrift.
/// </summary>
internal static class ParquetShapes
{
    internal const string Footer = "FileMetaData";

    internal const string Page = "PageHeader";

    private static readonly Dictionary<string, IReadOnlyDictionary<int, string>> Fields = new Dictionary<string, string>
    {
        [Footer] = "1:i 2:*SchemaElement 3:i 4:*RowGroup 5:*KeyValue 6:s 7:*ColumnOrder 8:Empty 9:s",
        ["SchemaElement"] = "1:i 2:i 3:i 4:s 5:i 6:i 7:i 8:i 9:i 10:LogicalType",
        ["LogicalType"] = "1:Empty 2:Empty 3:Empty 4:Empty 5:DecimalType 6:Empty 7:TimeType 8:TimeType 10:IntType 11:Empty 12:Empty 13:Empty 14:Empty 15:Empty "
            + "16:IntType 17:GeometryType 18:GeometryType",
        ["DecimalType"] = "1:i 2:i",
        ["TimeType"] = "1:b 2:TimeUnit",
        ["TimeUnit"] = "1:Empty 2:Empty 3:Empty",
        ["IntType"] = "1:i 2:b",
        ["GeometryType"] = "1:s 2:i",
        ["KeyValue"] = "1:s 2:s",
        ["ColumnOrder"] = "1:Empty",
        ["RowGroup"] = "1:*ColumnChunk 2:i 3:i 4:*SortingColumn 5:i 6:i 7:i",
        ["SortingColumn"] = "1:i 2:b 3:b",
        ["ColumnChunk"] = "1:s 2:i 3:ColumnMetaData 4:i 5:i 6:i 7:i 8:Empty 9:s",
        ["ColumnMetaData"] = "1:i 2:*i 3:*s 4:i 5:i 6:i 7:i 8:*KeyValue 9:i 10:i 11:i 12:Statistics 13:*PageEncodingStats 14:i 15:i 16:SizeStatistics 17:Geospatial",
        ["PageEncodingStats"] = "1:i 2:i 3:i",
        ["SizeStatistics"] = "1:i 2:*i 3:*i",
        ["Geospatial"] = "1:BoundingBox 2:*i",
        ["BoundingBox"] = "1:d 2:d 3:d 4:d 5:d 6:d 7:d 8:d",
        ["Statistics"] = "1:s 2:s 3:i 4:i 5:s 6:s 7:b 8:b",
        [Page] = "1:i 2:i 3:i 4:i 5:DataPageHeader 6:Empty 7:DictionaryPageHeader 8:DataPageHeaderV2",
        ["DataPageHeader"] = "1:i 2:i 3:i 4:i 5:Statistics",
        ["DictionaryPageHeader"] = "1:i 2:i 3:b",
        ["DataPageHeaderV2"] = "1:i 2:i 3:i 4:i 5:i 6:i 7:b 8:Statistics",
        ["Empty"] = "",
    }.ToDictionary(shape => shape.Key, shape => Parse(shape.Value), StringComparer.Ordinal);

    /// <summary>Gets the type of a field of a structure; <see langword="null"/> if readers skip it.</summary>
    internal static string? Of(string? structure, int field) => structure is null ? null : Fields[structure].GetValueOrDefault(field);

    private static IReadOnlyDictionary<int, string> Parse(string fields) => fields.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(field => field.Split(':')).ToDictionary(field => int.Parse(field[0], CultureInfo.InvariantCulture), field => field[1]);
}
