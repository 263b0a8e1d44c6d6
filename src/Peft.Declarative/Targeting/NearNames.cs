namespace Peft.Declarative.Targeting;

/// <summary>Finds what a misspelt name may have meant.</summary>
internal static class NearNames
{
    private const int Most = 3;
    private const int GreatestDistance = 2;
    private const int ShortestName = 5;

    /// <summary>
    /// The nearest names, at most three. Case and underscores do not count, so <c>qProj</c> is <c>q_proj</c>; names of at least five letters
    /// may also be up to two edits away. Shorter ones may not, because nearly everything is two edits away from <c>fc</c>.
    /// </summary>
    internal static IReadOnlyList<string> Of(string typed, IEnumerable<string> names)
    {
        string plain = Plain(typed);
        var near = names
            .Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Distance: Distance(plain, Plain(name))))
            .Where(x => x.Distance == 0 || (x.Distance <= GreatestDistance && plain.Length >= ShortestName))
            .ToList();
        if (near.Count == 0) return [];

        int nearest = near.Min(x => x.Distance);
        return near
            .Where(x => x.Distance == nearest)
            .Select(x => x.Name)
            .OrderBy(name => name, StringComparer.Ordinal)
            .Take(Most)
            .ToList();
    }

    private static string Plain(string name) => name.Replace("_", "").ToLowerInvariant();

    /// <summary>Levenshtein distance, by rows of the usual table.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > GreatestDistance) return int.MaxValue;

        int[] above = Enumerable.Range(0, b.Length + 1).ToArray();
        foreach (char letter in a)
        {
            int[] row = new int[b.Length + 1];
            row[0] = above[0] + 1;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = above[j - 1] + (letter == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, 1 + Math.Min(above[j], row[j - 1]));
            }

            above = row;
        }

        return above[b.Length];
    }
}
