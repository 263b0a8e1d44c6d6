namespace Peft.Declarative.Data.Files;

/// <summary>Which kind of file an extension stands for.</summary>
internal static class DataKinds
{
    /// <exception cref="PeftException">PEFT601: the extension is not known.</exception>
    internal static DataKind Of(string path) => TryOf(path) ?? throw DataErrors.UnknownKind(path);

    internal static DataKind? TryOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" or ".json" => DataKind.JsonLines,
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
}
