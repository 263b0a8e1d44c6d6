namespace Peft.Declarative.Data;

/// <summary>What a data file is made of.</summary>
internal enum DataKind
{
    JsonLines,
    Text,
    Parquet,
}
