using System.Text;
using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Cuts text as GPT-2 does, unless told otherwise, and writes every pre-token as its bytes in the printable alphabet.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    private static readonly Pattern Gpt2 =
        Pattern.Expression(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");

    internal static ByteLevelPreTokenizer Read(JsonSection section) =>
        new(section.Flag("add_prefix_space", otherwise: true), section.Flag("use_regex", otherwise: true));

    public void Split(IReadOnlyList<PreToken> preTokens, List<PreToken> into)
    {
        // All pre-tokens are written into one text and cut out of it again, instead of one short string for each.
        var written = new StringBuilder();
        List<(int End, int UnitsOfStart)> ends = [];
        foreach (PreToken preToken in preTokens)
        {
            PreToken prefixed = addPrefixSpace && !preToken.Span.StartsWith(' ') ? preToken.Prefixed(" ") : preToken;
            ReadOnlySpan<char> text = prefixed.Span;
            foreach (PatternSegment segment in useRegex ? Gpt2.Split(text) : [new PatternSegment(0, text.Length, IsMatch: true)])
            {
                ByteAlphabet.Append(written, text[segment.Start..segment.End]);
                ends.Add((written.Length, prefixed.UnitsOfStart - segment.Start));
            }
        }

        string source = written.ToString();
        int start = 0;
        foreach ((int end, int unitsOfStart) in ends)
        {
            if (end > start)
            {
                into.Add(new PreToken(source, start, end - start, unitsOfStart));
            }

            start = end;
        }
    }
}
