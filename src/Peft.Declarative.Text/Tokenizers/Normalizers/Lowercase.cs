using System.Text;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Lower case, character by character: a final sigma is not special.</summary>
internal sealed class Lowercase : INormalizer
{
    public string Normalize(string text)
    {
        var lower = new StringBuilder(text.Length);
        for (int i = 0, units; i < text.Length; i += units)
        {
            CodePoints.AppendLower(lower, CodePoints.At(text, i, out units));
        }

        return lower.ToString();
    }
}
