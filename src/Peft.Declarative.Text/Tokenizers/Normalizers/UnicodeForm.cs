using System.Text;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>One of the four Unicode normalisation forms.</summary>
internal sealed class UnicodeForm(NormalizationForm form) : INormalizer
{
    // .NET refuses text with it; like any code point without a form it stays as it is.
    private const int RefusedNoncharacter = 0xFFFE;

    public string Normalize(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var normal = new StringBuilder(text.Length);
        int done = 0;
        for (int i = 0, units; i < text.Length; i += units)
        {
            int c = CodePoints.At(text, i, out units);
            if (c == RefusedNoncharacter || OlderUnicode.WithoutForms.Contains(c))
            {
                normal.Append(text[done..i].Normalize(form)).Append(text, i, units);
                done = i + units;
            }
        }

        return done == 0 ? text.Normalize(form) : normal.Append(text[done..].Normalize(form)).ToString();
    }
}
