using System.Text;
using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Decoders;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Adds a prefix to text that is not empty.</summary>
internal sealed class Prepend(string prefix) : INormalizer
{
    public string Normalize(string text)
    {
        NormalizerBudget.Require((long)prefix.Length + text.Length, text.Length);
        return text.Length == 0 ? text : prefix + text;
    }
}

/// <summary>Replaces every match with the same content. Used for encoding and for decoding.</summary>
internal sealed class Replace(Pattern pattern, string content) : INormalizer, IDecoder
{
    public int UnitsOfStart(string text, int units) => pattern.Split(text)
        .TakeWhile(segment => segment.Start < units)
        .Sum(segment => segment.IsMatch ? content.Length : Math.Min(segment.End, units) - segment.Start);

    public string Normalize(string text)
    {
        List<PatternSegment> cut = pattern.Split(text);
        if (!cut.Any(segment => segment.IsMatch))
        {
            return text;
        }

        NormalizerBudget.Require(cut.Sum(segment => segment.IsMatch ? (long)content.Length : segment.End - segment.Start), text.Length);
        var replaced = new StringBuilder(text.Length);
        foreach (PatternSegment segment in cut)
        {
            if (segment.IsMatch)
            {
                replaced.Append(content);
            }
            else
            {
                replaced.Append(text, segment.Start, segment.End - segment.Start);
            }
        }

        return replaced.ToString();
    }

    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) => [.. tokens.Select(Normalize)];
}

/// <summary>Removes white space at either end.</summary>
internal sealed class Strip(bool left, bool right) : INormalizer
{
    public int UnitsOfStart(string text, int units) => Math.Max(0, units - Start(text));

    public string Normalize(string text)
    {
        int start = Start(text);
        int end = text.Length;
        while (right && end > start && CodePoints.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    private int Start(string text)
    {
        int start = 0;
        while (left && start < text.Length && CodePoints.IsWhiteSpace(text[start]))
        {
            start++;
        }

        return start;
    }
}

/// <summary>Writes text as its UTF-8 bytes, in the printable alphabet of byte-level models.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    public string Normalize(string text)
    {
        var mapped = new StringBuilder(text.Length * 2);
        ByteAlphabet.Append(mapped, text);
        return mapped.ToString();
    }
}
