using System.Text;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Puts a space before and after every Chinese character.</summary>
internal sealed class ChineseSpacing : INormalizer
{
    public string Normalize(string text)
    {
        var spaced = new StringBuilder(text.Length);
        for (int i = 0, units; i < text.Length; i += units)
        {
            int c = CodePoints.At(text, i, out units);
            bool chinese = IsChinese(c);
            spaced.Append(chinese ? " " : "").Append(text, i, units).Append(chinese ? " " : "");
        }

        return spaced.ToString();
    }

    // The blocks of the original BERT code; 2B920 is its slip for 2B820 and part of the format by now.
    private static bool IsChinese(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);
}
