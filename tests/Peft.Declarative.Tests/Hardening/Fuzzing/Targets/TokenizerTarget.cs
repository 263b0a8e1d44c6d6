namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>A tokenizer.json, and texts through what it describes. Its regexes must not run away on any of them.</summary>
internal sealed class TokenizerTarget : FuzzTarget
{
    private static readonly string[] Texts =
    [
        "Once upon a time, there was a 🎈 in café №42!\n\n  ok",
        new('a', 2000),
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
        string.Concat(Enumerable.Repeat("ab 1", 200)),
    ];

    internal override string Name => "tokenizer";

    internal override IReadOnlyList<byte[]> Seeds { get; } = [.. TokenizerSeeds.All.Select(Bytes)];

    internal override IReadOnlyList<string> Words { get; } =
    [
        "BPE", "WordPiece", "Unigram", "WordLevel", "ByteLevel", "Metaspace", "Sequence", "Split", "Replace", "Precompiled", "Strip", "NFKC", "Lowercase",
        "BertNormalizer", "TemplateProcessing", "Fuse", "ByteFallback", "(a+)+$", "(a|a)*b", "(?:a*)*c", "(a{0,1000}){0,1000}", "(?=(a+))\\\\1", "[^a]*",
        "\\\\p{L}+", "(?i:ab)", "((((((((((a", "a{999999999}", "\"Regex\"", "\"String\"", "Isolated", "MergedWithPrevious", "Removed", "vocab", "merges", "a b",
        "\"a\":5,", "id", "content", "<0x0A>", "<unk>",
    ];

    // Four texts of at most 2000 characters go through what the file describes, which may write each character many times over.
    internal override long AllocationLimit(int length) => (128L << 20) + (4000L * length);

    internal override void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(Folder, "tokenizer.json"), input);
        Tokenizer tokenizer = Tokenizer.Load(Folder);
        foreach (string text in Texts)
        {
            IReadOnlyList<int> ids = tokenizer.Encode(text);
            Assert.NotNull(tokenizer.Decode(ids));
        }
    }
}
