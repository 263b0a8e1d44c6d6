using System.Globalization;
using System.Text;
using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>BERT's own cleaning: control characters, spaces around Chinese characters, accents, case.</summary>
internal static class BertNormalizer
{
    internal static NormalizerSequence Read(JsonSection section)
    {
        List<INormalizer> steps = [];
        if (section.Flag("clean_text", otherwise: true))
        {
            steps.Add(new CharacterFilter(Clean));
        }

        if (section.Flag("handle_chinese_chars", otherwise: true))
        {
            steps.Add(new ChineseSpacing());
        }

        bool lowercase = section.Flag("lowercase", otherwise: true);
        if (section.Flag("strip_accents", otherwise: lowercase))
        {
            steps.Add(new UnicodeForm(NormalizationForm.FormD));
            steps.Add(new CharacterFilter(c => OlderUnicode.IsAccentForBert(c) ? -1 : c));
        }

        if (lowercase)
        {
            steps.Add(new Lowercase());
        }

        return new NormalizerSequence(steps);
    }

    private static int Clean(int c)
    {
        if (c is 0 or 0xFFFD)
        {
            return -1;
        }

        if (c is '\t' or '\n' or '\r')
        {
            return ' ';
        }

        bool control = CodePoints.Category(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
            && !OlderUnicode.KeptFormats.Contains(c);
        return control ? -1 : CodePoints.IsWhiteSpace(c) ? ' ' : c;
    }
}
