using System.Globalization;

namespace Peft.Declarative.Text.Patterns;

/// <summary>The sets that <c>\p{…}</c> and <c>[[:…:]]</c> name in an Oniguruma pattern.</summary>
internal static class UnicodeProperties
{
    private const string CategoryNames = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn";

    private static readonly Lazy<Dictionary<string, CodePointSet>> Sets = new(Build);
    private static readonly Lazy<CodePointSet> SingleWord = new(() => WordInBrackets.Union(CodePointSet.Of([.. "²³¹¼½¾".Select(c => (int)c)])));

    internal static CodePointSet WhiteSpace { get; } = CodePointSet.Where(CodePoints.IsWhiteSpace);

    /// <summary>Code points that <c>\w</c> matches in brackets.</summary>
    internal static CodePointSet WordInBrackets => Sets.Value["word"];

    /// <summary>Code points that <c>\w</c> matches outside brackets: Oniguruma looks this one up in a table of Latin-1, which has six numerals more.</summary>
    internal static CodePointSet Word => SingleWord.Value;

    /// <summary>Code points that <c>[:punct:]</c> matches: unlike <c>\p{Punct}</c>, all symbols too.</summary>
    internal static CodePointSet PosixPunctuation => Sets.Value["punctuation"].Union(Sets.Value["symbol"]);

    internal static CodePointSet Digit => Sets.Value["nd"];

    internal static CodePointSet HexDigit { get; } = CodePointSet.OfRanges([('0', '9'), ('A', 'F'), ('a', 'f')]);

    /// <summary>Set of a property; case, spaces, hyphens and underscores in its name do not matter. Null if there is none.</summary>
    internal static CodePointSet? Find(string name)
    {
        string key = Key(name);
        return Sets.Value.GetValueOrDefault(key) ?? UnicodeScripts.Find(key);
    }

    /// <summary>Whether the name is that of the property Word, in any spelling.</summary>
    internal static bool IsWord(string name) => Key(name) == "word";

    private static string Key(string name) => new([.. name.ToLowerInvariant().Where(c => c is not (' ' or '_' or '-'))]);

    private static Dictionary<string, CodePointSet> Build()
    {
        string[] names = CategoryNames.Split(' ');
        List<(int, int)>[] ranges = [.. names.Select(_ => new List<(int, int)>())];
        for (int c = 0; c <= CodePoints.Last; c++)
        {
            int first = c;
            UnicodeCategory category = CodePoints.Category(c);
            while (c < CodePoints.Last && CodePoints.Category(c + 1) == category)
            {
                c++;
            }

            ranges[(int)category].Add((first, c));
        }

        var sets = names.Select((name, i) => (Name: name.ToLowerInvariant(), Set: CodePointSet.OfRanges(ranges[i])))
            .ToDictionary(pair => pair.Name, pair => pair.Set);
        foreach (IGrouping<char, string> group in names.GroupBy(name => char.ToLowerInvariant(name[0])).ToList())
        {
            sets[group.Key.ToString()] = CodePointSet.OfRanges(group.SelectMany(name => sets[name.ToLowerInvariant()].Ranges));
        }

        AddAliases(sets);
        AddDerived(sets);
        return sets;
    }

    private static void AddAliases(Dictionary<string, CodePointSet> sets)
    {
        const string Aliases = "letter=l mark=m number=n punctuation=p symbol=s separator=z other=c uppercaseletter=lu lowercaseletter=ll "
            + "titlecaseletter=lt modifierletter=lm otherletter=lo nonspacingmark=mn spacingmark=mc enclosingmark=me decimalnumber=nd "
            + "letternumber=nl othernumber=no spaceseparator=zs lineseparator=zl paragraphseparator=zp control=cc format=cf surrogate=cs "
            + "privateuse=co unassigned=cn connectorpunctuation=pc dashpunctuation=pd openpunctuation=ps closepunctuation=pe "
            + "initialpunctuation=pi finalpunctuation=pf otherpunctuation=po mathsymbol=sm currencysymbol=sc modifiersymbol=sk othersymbol=so "
            + "digit=nd cntrl=cc combiningmark=m";
        foreach (string alias in Aliases.Split(' '))
        {
            string[] parts = alias.Split('=');
            sets[parts[0]] = sets[parts[1]];
        }
    }

    private static void AddDerived(Dictionary<string, CodePointSet> sets)
    {
        sets["any"] = CodePointSet.All;
        sets["assigned"] = sets["cn"].Complement();
        sets["ascii"] = CodePointSet.OfRanges([(0, 127)]);
        sets["space"] = sets["whitespace"] = WhiteSpace;
        sets["blank"] = sets["zs"].Union(CodePointSet.Of('\t'));
        sets["xdigit"] = HexDigit;
        sets["lc"] = sets["casedletter"] = sets["lu"].Union(sets["ll"]).Union(sets["lt"]);
        sets["word"] = CodePointSet.Where(CodePoints.IsOnigurumaWord);
        sets["alpha"] = sets["alphabetic"] = CodePointSet.Where(CodePoints.IsAlphabetic);
        sets["alnum"] = sets["alpha"].Union(sets["nd"]);
        sets["upper"] = sets["uppercase"] = sets["lu"].Union(DerivedProperties.OtherUppercase);
        sets["lower"] = sets["lowercase"] = sets["ll"].Union(DerivedProperties.OtherLowercase);
        sets["punct"] = sets["p"];
        sets["graph"] = WhiteSpace.Union(sets["cc"]).Union(sets["cs"]).Union(sets["cn"]).Complement();
        sets["print"] = sets["graph"].Union(sets["zs"]);
    }
}

/// <summary>
/// Members of the properties Alphabetic, Uppercase and Lowercase beyond the general categories, which .NET lacks. Unicode 16.
/// </summary>
internal static class DerivedProperties
{
    /// <summary>Marks that are Alphabetic.</summary>
    internal static CodePointSet AlphabeticMarks { get; } = CodePointSet.Parse("""
        345 363-36F 5B0-5BD 5BF 5C1-5C2 5C4-5C5 5C7 610-61A 64B-657 659-65F 670 6D6-6DC 6E1-6E4 6E7-6E8 6ED 711 730-73F 7A6-7B0 816-817 81B-823
        825-827 829-82C 897 8D4-8DF 8E3-8E9 8F0-903 93A-93B 93E-94C 94E-94F 955-957 962-963 981-983 9BE-9C4 9C7-9C8 9CB-9CC 9D7 9E2-9E3 A01-A03
        A3E-A42 A47-A48 A4B-A4C A51 A70-A71 A75 A81-A83 ABE-AC5 AC7-AC9 ACB-ACC AE2-AE3 AFA-AFC B01-B03 B3E-B44 B47-B48 B4B-B4C B56-B57 B62-B63 B82
        BBE-BC2 BC6-BC8 BCA-BCC BD7 C00-C04 C3E-C44 C46-C48 C4A-C4C C55-C56 C62-C63 C81-C83 CBE-CC4 CC6-CC8 CCA-CCC CD5-CD6 CE2-CE3 CF3 D00-D03
        D3E-D44 D46-D48 D4A-D4C D57 D62-D63 D81-D83 DCF-DD4 DD6 DD8-DDF DF2-DF3 E31 E34-E3A E4D EB1 EB4-EB9 EBB-EBC ECD F71-F83 F8D-F97 F99-FBC
        102B-1036 1038 103B-103E 1056-1059 105E-1060 1062-1064 1067-106D 1071-1074 1082-108D 108F 109A-109D 1712-1713 1732-1733 1752-1753 1772-1773
        17B6-17C8 1885-1886 18A9 1920-192B 1930-1938 1A17-1A1B 1A55-1A5E 1A61-1A74 1ABF-1AC0 1ACC-1ACE 1B00-1B04 1B35-1B43 1B80-1B82 1BA1-1BA9
        1BAC-1BAD 1BE7-1BF1 1C24-1C36 1DD3-1DF4 2DE0-2DFF A674-A67B A69E-A69F A802 A80B A823-A827 A880-A881 A8B4-A8C3 A8C5 A8FF A926-A92A A947-A952
        A980-A983 A9B4-A9BF A9E5 AA29-AA36 AA43 AA4C-AA4D AA7B-AA7D AAB0 AAB2-AAB4 AAB7-AAB8 AABE AAEB-AAEF AAF5 ABE3-ABEA FB1E 10376-1037A
        10A01-10A03 10A05-10A06 10A0C-10A0F 10D24-10D27 10D69 10EAB-10EAC 10EFC 11000-11002 11038-11045 11073-11074 11080-11082 110B0-110B8 110C2
        11100-11102 11127-11132 11145-11146 11180-11182 111B3-111BF 111CE-111CF 1122C-11234 11237 1123E 11241 112DF-112E8 11300-11303 1133E-11344
        11347-11348 1134B-1134C 11357 11362-11363 113B8-113C0 113C2 113C5 113C7-113CA 113CC-113CD 11435-11441 11443-11445 114B0-114C1 115AF-115B5
        115B8-115BE 115DC-115DD 11630-1163E 11640 116AB-116B5 1171D-1172A 1182C-11838 11930-11935 11937-11938 1193B-1193C 11940 11942 119D1-119D7
        119DA-119DF 119E4 11A01-11A0A 11A35-11A39 11A3B-11A3E 11A51-11A5B 11A8A-11A97 11C2F-11C36 11C38-11C3E 11C92-11CA7 11CA9-11CB6 11D31-11D36
        11D3A 11D3C-11D3D 11D3F-11D41 11D43 11D47 11D8A-11D8E 11D90-11D91 11D93-11D96 11EF3-11EF6 11F00-11F01 11F03 11F34-11F3A 11F3E-11F40
        1611E-1612E 16F4F 16F51-16F87 16F8F-16F92 16FF0-16FF1 1BC9E 1E000-1E006 1E008-1E018 1E01B-1E021 1E023-1E024 1E026-1E02A 1E08F 1E947
        """);

    /// <summary>Uppercase without being capital letters: numerals and symbols.</summary>
    internal static CodePointSet OtherUppercase { get; } = CodePointSet.Parse("2160-216F 24B6-24CF 1F130-1F149 1F150-1F169 1F170-1F189");

    /// <summary>Lowercase without being small letters: numerals, symbols and modifiers.</summary>
    internal static CodePointSet OtherLowercase { get; } = CodePointSet.Parse("""
        AA BA 2B0-2B8 2C0-2C1 2E0-2E4 345 37A 10FC 1D2C-1D6A 1D78 1D9B-1DBF 2071 207F 2090-209C 2170-217F 24D0-24E9 2C7C-2C7D A69C-A69D A770
        A7F2-A7F4 A7F8-A7F9 AB5C-AB5F AB69 10780 10783-10785 10787-107B0 107B2-107BA 1E030-1E06D
        """);
}
