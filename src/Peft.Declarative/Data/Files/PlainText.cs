using System.Text;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative.Data.Files;

/// <summary>Reads a plain text as rows of one length.</summary>
internal static class PlainText
{
    /// <summary>
    /// The number of characters that are tokenized together. A longer text is split at a line end, so that memory does not grow with it.
    /// </summary>
    internal const int Portion = 1 << 20;

    internal static IEnumerable<TrainingRow> Read(string path, ITokenizer tokenizer, int maxLength, int portion = Portion)
    {
        List<int> row = [];
        foreach (int id in Ids(path, tokenizer, portion))
        {
            row.Add(id);
            if (row.Count == maxLength)
            {
                yield return TrainingRow.OfText([.. row]);
                row.Clear();
            }
        }

        // A last row of one token predicts nothing.
        if (row.Count > 1)
        {
            yield return TrainingRow.OfText([.. row]);
        }
    }

    private static IEnumerable<int> Ids(string path, ITokenizer tokenizer, int portion)
    {
        long bytes = DataErrors.Guard(path, () => new FileInfo(path).Length);
        var frame = new TokenFrame(tokenizer);

        // The special tokens around a text are added around all portions together.
        return bytes < portion
            ? Portions(path, portion).SelectMany(frame.Whole)
            : frame.Before.Concat(Portions(path, portion).SelectMany(text => tokenizer.Encode(text, addSpecialTokens: false))).Concat(frame.After);
    }

    private static IEnumerable<string> Portions(string path, int portion)
    {
        using StreamReader reader = DataErrors.Guard(path, () => new StreamReader(RegularFile.Open(path, 1 << 16), new UTF8Encoding(false, throwOnInvalidBytes: true)));
        char[] buffer = new char[portion];
        int held = 0;
        while ((held += DataErrors.Guard(path, () => reader.ReadBlock(buffer, held, portion - held))) == portion)
        {
            int end = Border(buffer);
            yield return new string(buffer, 0, end);
            Array.Copy(buffer, end, buffer, 0, held - end);
            held -= end;
        }

        if (held > 0)
        {
            yield return new string(buffer, 0, held);
        }
    }

    // After the last line end, otherwise before the last space, otherwise between any two characters.
    private static int Border(char[] text)
    {
        int line = Array.LastIndexOf(text, '\n') + 1;
        int space = line > 0 ? line : Array.LastIndexOf(text, ' ');
        return space > 0 ? space : char.IsHighSurrogate(text[^1]) ? text.Length - 1 : text.Length;
    }
}
