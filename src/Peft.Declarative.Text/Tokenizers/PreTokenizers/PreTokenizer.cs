using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Splits text into the words that the model encodes one by one.</summary>
internal interface IPreTokenizer
{
    /// <summary>Whether it uses <see cref="PreToken.UnitsOfStart"/>.</summary>
    bool AsksForTextStart => false;

    /// <summary>Appends the parts of the pre-tokens, without empty ones.</summary>
    void Split(IReadOnlyList<PreToken> preTokens, List<PreToken> into);
}

/// <summary>Creates the pre-tokenizer that a section describes.</summary>
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
            PreTokenSplitter.ReadBehavior(section["behavior"], otherwise: SplitBehavior.Isolated)),
        ["Sequence"] = section => new PreTokenizerSequence([.. section["pretokenizers"].Items().Select(Read)]),
        ["Split"] = PatternSplit.Read,
        ["Whitespace"] = _ => new WhitespacePreTokenizer(),
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

/// <summary>Applies several pre-tokenizers, each to the result of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    public bool AsksForTextStart => steps.Any(step => step.AsksForTextStart);

    public void Split(IReadOnlyList<PreToken> preTokens, List<PreToken> into)
    {
        IReadOnlyList<PreToken> current = preTokens;
        foreach (IPreTokenizer step in steps)
        {
            List<PreToken> next = new(current.Count * 2);
            step.Split(current, next);
            current = next;
        }

        into.AddRange(current);
    }
}
