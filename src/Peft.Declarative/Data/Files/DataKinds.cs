namespace Peft.Declarative.Data.Files;

/// <summary>Determines the kind of a file by its extension.</summary>
internal static class DataKinds
{
    /// <exception cref="PeftException">PEFT601: the extension is not known.</exception>
    internal static DataKind Of(string path) => TryOf(path) ?? throw DataErrors.UnknownKind(path);

    /// <summary>Determines whether a file of a data folder documents the data, by the names that repositories of data use.</summary>
    internal static bool IsAbout(string path) =>
        Path.GetFileNameWithoutExtension(path).ToUpperInvariant() is "README" or "LICENSE" or "LICENCE" or "CHANGELOG" or "CITATION" or "NOTICE" or "CONTRIBUTING"
            or "DATASET_INFO" or "DATASET_INFOS" or "DATASET_DICT" or "STATE" or "METADATA" && Path.GetExtension(path).ToUpperInvariant() is ".MD" or ".TXT" or ".JSON";

    internal static DataKind? TryOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" or ".json" => DataKind.JsonLines,
        ".csv" => DataKind.Csv,
        ".tsv" or ".tab" => DataKind.Tsv,
        ".txt" or ".md" => DataKind.Text,
        ".parquet" => DataKind.Parquet,
        _ => null,
    };
}

/// <summary>The kind of a data file.</summary>
internal enum DataKind
{
    JsonLines,
    Text,
    Parquet,
    Csv,
    Tsv,
}
