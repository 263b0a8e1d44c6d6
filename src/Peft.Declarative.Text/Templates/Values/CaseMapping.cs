using System.Globalization;
using System.Text;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Upper, lower and title case as in Python: some characters become two or three, which .NET's invariant culture does not do.</summary>
internal static class CaseMapping
{
    // Characters and their mapping, where it differs from the invariant culture.
    private const string UpperTable = """
        ßSS ıI ŉʼN ǰJ̌ ΐΪ́ ΰΫ́ ևԵՒ ẖH̱ ẗT̈ ẘW̊ ẙY̊ ẚAʾ ὐΥ̓ ὒΥ̓̀ ὔΥ̓́ ὖΥ̓͂ ᾀἈΙ ᾁἉΙ ᾂἊΙ ᾃἋΙ ᾄἌΙ ᾅἍΙ ᾆἎΙ ᾇἏΙ ᾈἈΙ ᾉἉΙ
        ᾊἊΙ ᾋἋΙ ᾌἌΙ ᾍἍΙ ᾎἎΙ ᾏἏΙ ᾐἨΙ ᾑἩΙ ᾒἪΙ ᾓἫΙ ᾔἬΙ ᾕἭΙ ᾖἮΙ ᾗἯΙ ᾘἨΙ ᾙἩΙ ᾚἪΙ ᾛἫΙ ᾜἬΙ ᾝἭΙ ᾞἮΙ ᾟἯΙ ᾠὨΙ ᾡὩΙ ᾢὪΙ ᾣὫΙ ᾤὬΙ
        ᾥὭΙ ᾦὮΙ ᾧὯΙ ᾨὨΙ ᾩὩΙ ᾪὪΙ ᾫὫΙ ᾬὬΙ ᾭὭΙ ᾮὮΙ ᾯὯΙ ᾲᾺΙ ᾳΑΙ ᾴΆΙ ᾶΑ͂ ᾷΑ͂Ι ᾼΑΙ ῂῊΙ ῃΗΙ ῄΉΙ ῆΗ͂ ῇΗ͂Ι ῌΗΙ ῒΪ̀ ΐΪ́ ῖΙ͂
        ῗΪ͂ ῢΫ̀ ΰΫ́ ῤΡ̓ ῦΥ͂ ῧΫ͂ ῲῺΙ ῳΩΙ ῴΏΙ ῶΩ͂ ῷΩ͂Ι ῼΩΙ ﬀFF ﬁFI ﬂFL ﬃFFI ﬄFFL ﬅST ﬆST ﬓՄՆ ﬔՄԵ ﬕՄԻ ﬖՎՆ ﬗՄԽ
        """;

    // A character and its form at the start of a word, where that is not its upper case.
    private const string TitleTable = """
        ßSs Ǆǅ ǅǅ ǆǅ Ǉǈ ǈǈ ǉǈ Ǌǋ ǋǋ ǌǋ Ǳǲ ǲǲ ǳǲ ևԵւ აა ბბ გგ დდ ეე ვვ ზზ თთ იი კკ ლლ მმ ნნ ოო პპ ჟჟ რრ სს ტტ უუ ფფ ქქ
        ღღ ყყ შშ ჩჩ ცც ძძ წწ ჭჭ ხხ ჯჯ ჰჰ ჱჱ ჲჲ ჳჳ ჴჴ ჵჵ ჶჶ ჷჷ ჸჸ ჹჹ ჺჺ ჽჽ ჾჾ ჿჿ ᾀᾈ ᾁᾉ ᾂᾊ ᾃᾋ ᾄᾌ ᾅᾍ ᾆᾎ ᾇᾏ ᾈᾈ ᾉᾉ ᾊᾊ ᾋᾋ
        ᾌᾌ ᾍᾍ ᾎᾎ ᾏᾏ ᾐᾘ ᾑᾙ ᾒᾚ ᾓᾛ ᾔᾜ ᾕᾝ ᾖᾞ ᾗᾟ ᾘᾘ ᾙᾙ ᾚᾚ ᾛᾛ ᾜᾜ ᾝᾝ ᾞᾞ ᾟᾟ ᾠᾨ ᾡᾩ ᾢᾪ ᾣᾫ ᾤᾬ ᾥᾭ ᾦᾮ ᾧᾯ ᾨᾨ ᾩᾩ ᾪᾪ ᾫᾫ ᾬᾬ ᾭᾭ ᾮᾮ ᾯᾯ
        ᾲᾺͅ ᾳᾼ ᾴΆͅ ᾷᾼ͂ ᾼᾼ ῂῊͅ ῃῌ ῄΉͅ ῇῌ͂ ῌῌ ῲῺͅ ῳῼ ῴΏͅ ῷῼ͂ ῼῼ ﬀFf ﬁFi ﬂFl ﬃFfi ﬄFfl ﬅSt ﬆSt ﬓՄն ﬔՄե ﬕՄի ﬖՎն ﬗՄխ
        """;

    private const char Sigma = '\u03A3';

    private static readonly Dictionary<Rune, string> UpperForms = Read(UpperTable);
    private static readonly Dictionary<Rune, string> TitleForms = Read(TitleTable);

    internal static string Upper(string text) => Map(text, UpperOf);

    internal static string Lower(string text)
    {
        var lower = new StringBuilder(text.Length);
        int position = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            lower.Append(rune.Value == Sigma ? LowerSigma(text, position) : LowerOf(rune));
            position += rune.Utf16SequenceLength;
        }

        return lower.ToString();
    }

    /// <summary>The first character in title case, all others in lower case.</summary>
    internal static string Capitalize(string text)
    {
        int first = CodePointText.UnitOf(text, 1);
        return Map(text[..first], TitleOf) + Lower(text)[Lower(text[..first]).Length..];
    }

    /// <summary>Every run of cased characters begins in title case.</summary>
    internal static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        bool inWord = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            title.Append(inWord ? LowerOf(rune) : TitleOf(rune));
            inWord = CharacterKinds.IsCased(rune.Value);
        }

        return title.ToString();
    }

    internal static string SwapCase(string text) =>
        Map(text, rune => CharacterKinds.IsUpper(rune.Value) ? LowerOf(rune) : CharacterKinds.IsLower(rune.Value) ? UpperOf(rune) : rune.ToString());

    private static string UpperOf(Rune rune) => UpperForms.GetValueOrDefault(rune) ?? Rune.ToUpperInvariant(rune).ToString();

    private static string LowerOf(Rune rune) => rune.Value == 0x130 ? "i\u0307" : Rune.ToLowerInvariant(rune).ToString();

    private static string TitleOf(Rune rune) => TitleForms.GetValueOrDefault(rune) ?? UpperOf(rune);

    // At the end of a word, sigma has a form of its own.
    private static char LowerSigma(string text, int position)
    {
        int before = position - 1;
        while (before >= 0 && IsSkipped(text[before]))
        {
            before--;
        }

        int after = position + 1;
        while (after < text.Length && IsSkipped(text[after]))
        {
            after++;
        }

        bool cased = before >= 0 && CharacterKinds.IsCased(text[before]);
        return cased && (after >= text.Length || !CharacterKinds.IsCased(text[after])) ? '\u03C2' : '\u03C3';
    }

    private static bool IsSkipped(char c) => c is '\'' or '.' or ':' or '^' or '`' or '\u00A8' or '\u00AD' or '\u00B7' or '\u2019'
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format or UnicodeCategory.ModifierLetter
            or UnicodeCategory.ModifierSymbol;

    private static string Map(string text, Func<Rune, string> map)
    {
        var mapped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            mapped.Append(map(rune));
        }

        return mapped.ToString();
    }

    private static Dictionary<Rune, string> Read(string table) => table.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        .ToDictionary(entry => Rune.GetRuneAt(entry, 0), entry => entry[Rune.GetRuneAt(entry, 0).Utf16SequenceLength..]);
}
