using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Makes the pre-tokenizer that a section describes.</summary>
internal static class PreTokenizerReader
{
    private static readonly CharacterSplit WhiteSpace = new(CodePoints.IsWhiteSpace, SplitBehavior.Removed);

    private static readonly PreTokenizerSequence Bert =
        new([WhiteSpace, new CharacterSplit(CodePoints.IsPunctuation, SplitBehavior.Isolated)]);

    private static readonly Dictionary<string, Func<JsonSection, IPreTokenizer>> Known = new(StringComparer.Ordinal)
    {
        ["BertPreTokenizer"] = _ => Bert,
        ["ByteLevel"] = ByteLevelPreTokenizer.Read,
        ["CharDelimiterSplit"] = ReadDelimiter,
        ["Digits"] = section => new CharacterSplit(
            CodePoints.IsNumeric,
            section.Flag("individual_digits", otherwise: false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        ["FixedLength"] = section => new FixedLength(Math.Max(1, section.Number("length", otherwise: 5))),
        ["Metaspace"] = Metaspace.Read,
        ["Punctuation"] = section => new CharacterSplit(
            CodePoints.IsPunctuation,
            PieceCutter.ReadBehavior(section["behavior"], otherwise: SplitBehavior.Isolated)),
        ["Sequence"] = section => new PreTokenizerSequence([.. section["pretokenizers"].Items().Select(Read)]),
        ["Split"] = PatternSplit.Read,
        ["Whitespace"] = _ => new WordRuns(),
        ["WhitespaceSplit"] = _ => WhiteSpace,
    };

    internal static IPreTokenizer? ReadOptional(JsonSection section) => section.IsNull ? null : Read(section);

    private static IPreTokenizer Read(JsonSection section) => Known.TryGetValue(section.Type, out Func<JsonSection, IPreTokenizer>? read)
        ? read(section)
        : throw section.Unknown("pre-tokenizer", Known.Keys);

    private static CharacterSplit ReadDelimiter(JsonSection section)
    {
        string delimiter = section.Text("delimiter");
        if (delimiter.Length == 0)
        {
            throw section["delimiter"].Error("must be one character.");
        }

        int codePoint = CodePoints.At(delimiter, 0, out _);
        return new CharacterSplit(c => c == codePoint, SplitBehavior.Removed);
    }
}
