using System.Text;

namespace Peft.Declarative.Text.Normalizers;

/// <summary>One of the four Unicode normalisation forms.</summary>
internal sealed class UnicodeForm(NormalizationForm form) : INormalizer
{
    public string Normalize(string text) => text.Normalize(form);
}
