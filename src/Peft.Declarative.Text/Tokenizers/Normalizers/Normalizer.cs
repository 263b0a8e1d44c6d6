using System.Text;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Changes text before it is cut, such as to lower case.</summary>
internal interface INormalizer
{
    /// <summary>Returns the normal form. Neither the text nor the result has lone surrogates.</summary>
    string Normalize(string text);

    /// <summary>Number of UTF-16 units of the normal form that come from the first character of the user's text: 0 if it is removed.</summary>
    /// <param name="text">A text.</param>
    /// <param name="units">The same number for <paramref name="text"/>.</param>
    int UnitsOfStart(string text, int units) => Normalize(text[..units]).Length;
}

/// <summary>Creates the normaliser that a section describes.</summary>
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

/// <summary>Applies several normalisers, each to the result of the one before.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> steps) : INormalizer
{
    public int UnitsOfStart(string text, int units)
    {
        using NormalizerBudget.Lease budget = NormalizerBudget.Use(text.Length);
        foreach (INormalizer step in steps)
        {
            units = step.UnitsOfStart(text, units);
            text = Step(step, text);
            units = Whole(text, Math.Min(units, text.Length));
        }

        return units;
    }

    public string Normalize(string text)
    {
        using NormalizerBudget.Lease budget = NormalizerBudget.Use(text.Length);
        return steps.Aggregate(text, (current, step) => Step(step, current));
    }

    private static string Step(INormalizer step, string text)
    {
        string normal = step.Normalize(text);
        NormalizerBudget.Require(normal.Length, text.Length);
        return normal;
    }

    // A step may join the start with what follows, and the next step must not receive half a surrogate pair.
    private static int Whole(string text, int units) => units > 0 && units < text.Length && char.IsHighSurrogate(text[units - 1]) ? units + 1 : units;
}
