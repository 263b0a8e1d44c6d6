namespace Peft.Declarative.Data.Files;

/// <summary>What a data file is made of.</summary>
internal enum DataKind
{
    JsonLines,
    Text,
    Parquet,
}
