namespace Peft.Declarative.Data.Files;

/// <summary>Which kind of file an extension stands for.</summary>
internal static class DataKinds
{
    /// <exception cref="PeftException">PEFT601: the extension is not known.</exception>
    internal static DataKind Of(string path) => TryOf(path) ?? throw DataErrors.UnknownKind(path);

    /// <summary>Whether a file of a data folder is about the data, by the names that repositories of data use.</summary>
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

/// <summary>What a data file is made of.</summary>
internal enum DataKind
{
    JsonLines,
    Text,
    Parquet,
    Csv,
    Tsv,
}
