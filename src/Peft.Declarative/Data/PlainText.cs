using System.Text;
using Peft.Declarative.Text;

namespace Peft.Declarative.Data;

/// <summary>Reads a running text as rows of one length.</summary>
internal static class PlainText
{
    internal static IReadOnlyList<TrainingRow> Read(string path, ITokenizer tokenizer, int maxLength)
    {
        int[] ids = [.. tokenizer.Encode(Text(path))];

        // A last piece of one token predicts nothing.
        TrainingRow[] rows = [.. ids.Chunk(maxLength).Where(piece => piece.Length > 1).Select((piece, i) =>
            TrainingRow.OfText(piece) with { Source = $"row {i + 1} of '{path}'" })];
        return rows.Length > 0 ? rows : throw DataErrors.NoRows(path);
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException or DecoderFallbackException or ArgumentException)
        {
            throw DataErrors.Unreadable(path, reason);
        }
    }
}
