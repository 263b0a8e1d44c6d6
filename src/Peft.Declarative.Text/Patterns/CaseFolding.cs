namespace Peft.Declarative.Text.Patterns;

/// <summary>Which code points are equal when case does not matter. One-to-one folding only.</summary>
internal static class CaseFolding
{
    private static readonly Lazy<Dictionary<int, List<int>>> Classes = new(Build);

    /// <summary>The set with every code point that differs from a member only in case.</summary>
    internal static CodePointSet Close(CodePointSet set)
    {
        List<int> added = [];
        foreach (List<int> members in Classes.Value.Values)
        {
            if (members.Any(set.Contains))
            {
                added.AddRange(members);
            }
        }

        return set.Union(CodePointSet.Of(added));
    }

    private static Dictionary<int, List<int>> Build()
    {
        var classes = new Dictionary<int, List<int>>();
        for (int c = 0; c <= CodePoints.Last; c++)
        {
            int key = CodePoints.Lower(CodePoints.Upper(c));
            if (key != c)
            {
                (classes.TryGetValue(key, out List<int>? members) ? members : classes[key] = [key]).Add(c);
            }
        }

        return classes;
    }
}
