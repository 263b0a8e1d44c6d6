using System.Globalization;

namespace Peft.Declarative.Text.Patterns;

/// <summary>The sets that <c>\p{…}</c> and <c>[[:…:]]</c> name in an Oniguruma pattern.</summary>
internal static class UnicodeProperties
{
    private const string CategoryNames = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn";

    private static readonly Lazy<Dictionary<string, CodePointSet>> Sets = new(Build);
    private static readonly Lazy<CodePointSet> SingleWord = new(() => WordInBrackets.Union(CodePointSet.Of([.. "²³¹¼½¾".Select(c => (int)c)])));

    internal static CodePointSet WhiteSpace { get; } = CodePointSet.Where(CodePoints.IsWhiteSpace);

    /// <summary>What <c>\w</c> in brackets takes.</summary>
    internal static CodePointSet WordInBrackets => Sets.Value["word"];

    /// <summary>What <c>\w</c> by itself takes: Oniguruma looks this one up in a table of Latin-1, which has six numerals more.</summary>
    internal static CodePointSet Word => SingleWord.Value;

    /// <summary>What <c>[:punct:]</c> takes, other than <c>\p{Punct}</c>: all symbols too.</summary>
    internal static CodePointSet PosixPunctuation => Sets.Value["punctuation"].Union(Sets.Value["symbol"]);

    internal static CodePointSet Digit => Sets.Value["nd"];

    internal static CodePointSet HexDigit { get; } = CodePointSet.OfRanges([('0', '9'), ('A', 'F'), ('a', 'f')]);

    /// <summary>Set of a property; case, spaces, hyphens and underscores in its name do not matter. Null if there is none.</summary>
    internal static CodePointSet? Find(string name)
    {
        string key = Key(name);
        return Sets.Value.GetValueOrDefault(key) ?? UnicodeScripts.Find(key);
    }

    /// <summary>Whether the name is that of the property Word, however it is written.</summary>
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
