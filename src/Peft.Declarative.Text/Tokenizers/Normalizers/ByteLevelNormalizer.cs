using System.Text;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

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
