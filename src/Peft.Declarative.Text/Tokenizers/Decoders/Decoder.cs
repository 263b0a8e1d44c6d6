using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Tokenizers.Normalizers;
using Peft.Declarative.Text.Tokenizers.PreTokenizers;

namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Turns tokens back into text: step by step, each on the strings of the one before, which are joined at the end.</summary>
internal interface IDecoder
{
    /// <summary>Returns the decoded strings; there may be more or fewer than before.</summary>
    IReadOnlyList<string> Decode(IReadOnlyList<string> tokens);
}

/// <summary>Creates the decoder that a section describes.</summary>
internal static class DecoderReader
{
    private static readonly Dictionary<string, Func<JsonSection, IDecoder>> Known = new(StringComparer.Ordinal)
    {
        ["BPEDecoder"] = section => new BpeDecoder(section.TextOrNull("suffix") ?? "</w>"),
        ["ByteFallback"] = _ => new ByteFallbackDecoder(),
        ["ByteLevel"] = _ => new ByteLevelDecoder(),
        ["CTC"] = section => new CtcDecoder(
            section.TextOrNull("pad_token") ?? "<pad>",
            section.TextOrNull("word_delimiter_token") ?? "|",
            section.Flag("cleanup", otherwise: true)),
        ["Fuse"] = _ => new FuseDecoder(),
        ["Metaspace"] = Metaspace.Read,
        ["Replace"] = section => new Replace(PatternReading.Read(section["pattern"]), section.Text("content")),
        ["Sequence"] = section => new DecoderSequence([.. section["decoders"].Items().Select(Read)]),
        ["Strip"] = section => new StripDecoder(
            section.Text("content") is { Length: > 0 } content ? content : throw section["content"].Error("must be one character."),
            section.Number("start", otherwise: 0),
            section.Number("stop", otherwise: 0)),
        ["WordPiece"] = section => new WordPieceDecoder(section.TextOrNull("prefix") ?? "##", section.Flag("cleanup", otherwise: true)),
    };

    internal static IDecoder? ReadOptional(JsonSection section) => section.IsNull ? null : Read(section);

    private static IDecoder Read(JsonSection section) =>
        Known.TryGetValue(section.Type, out Func<JsonSection, IDecoder>? read) ? read(section) : throw section.Unknown("decoder", Known.Keys);
}

/// <summary>Applies several decoders, each to the result of the one before.</summary>
internal sealed class DecoderSequence(IReadOnlyList<IDecoder> steps) : IDecoder
{
    /// <summary>Whether tokens of single bytes are joined into characters.</summary>
    internal bool JoinsBytes => steps.Any(step => step is ByteFallbackDecoder or DecoderSequence { JoinsBytes: true });

    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) => steps.Aggregate(tokens, (current, step) => step.Decode(current));
}

/// <summary>Joins all strings, so that the next decoder receives the whole text.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) => [string.Concat(tokens)];
}
