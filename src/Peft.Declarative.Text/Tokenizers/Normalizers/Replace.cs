using System.Text;
using Peft.Declarative.Text.Tokenizers.Decoders;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Puts the same content in the place of every match. Serves encoding and decoding.</summary>
internal sealed class Replace(Pattern pattern, string content) : INormalizer, IDecoder
{
    public int UnitsOfStart(string text, int units) => pattern.Cut(text)
        .TakeWhile(stretch => stretch.Start < units)
        .Sum(stretch => stretch.IsMatch ? content.Length : Math.Min(stretch.End, units) - stretch.Start);

    public string Normalize(string text)
    {
        List<Stretch> cut = pattern.Cut(text);
        if (!cut.Any(stretch => stretch.IsMatch))
        {
            return text;
        }

        var replaced = new StringBuilder(text.Length);
        foreach (Stretch stretch in cut)
        {
            if (stretch.IsMatch)
            {
                replaced.Append(content);
            }
            else
            {
                replaced.Append(text, stretch.Start, stretch.End - stretch.Start);
            }
        }

        return replaced.ToString();
    }

    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) => [.. tokens.Select(Normalize)];
}
