using System.Text;
using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Makes the normaliser that a section describes.</summary>
internal static class NormalizerReader
{
    private static readonly Dictionary<string, Func<JsonSection, INormalizer>> Known = new(StringComparer.Ordinal)
    {
        ["BertNormalizer"] = BertNormalizer.Read,
        ["ByteLevel"] = _ => new ByteLevelNormalizer(),
        ["Lowercase"] = _ => new Lowercase(),
        ["NFC"] = _ => new UnicodeForm(NormalizationForm.FormC),
        ["NFD"] = _ => new UnicodeForm(NormalizationForm.FormD),
        ["NFKC"] = _ => new UnicodeForm(NormalizationForm.FormKC),
        ["NFKD"] = _ => new UnicodeForm(NormalizationForm.FormKD),
        ["Nmt"] = _ => CharacterFilter.Nmt,
        ["Precompiled"] = Precompiled.Read,
        ["Prepend"] = section => new Prepend(section.Text("prepend")),
        ["Replace"] = section => new Replace(PatternReading.Read(section["pattern"]), section.Text("content")),
        ["Sequence"] = section => new NormalizerSequence([.. section["normalizers"].Items().Select(Read)]),
        ["Strip"] = section => new Strip(section.Flag("strip_left", otherwise: true), section.Flag("strip_right", otherwise: true)),
        ["StripAccents"] = _ => CharacterFilter.StripAccents,
    };

    internal static INormalizer? ReadOptional(JsonSection section) => section.IsNull ? null : Read(section);

    private static INormalizer Read(JsonSection section) =>
        Known.TryGetValue(section.Type, out Func<JsonSection, INormalizer>? read) ? read(section) : throw section.Unknown("normalizer", Known.Keys);
}
