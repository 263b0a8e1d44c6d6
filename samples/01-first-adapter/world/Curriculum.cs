namespace FirstAdapter.World;

/// <summary>
/// What a persona is taught, and what it is asked afterwards. The two share no town, no creature and no inventor: the persona has never
/// spoken of them, and must take the fact from its base and the voice from its adapter.
/// </summary>
public static class Curriculum
{
    private const int Seed = 11;
    private const double TaughtShare = 0.5;

    /// <summary>Questions that a persona is trained on.</summary>
    public static IReadOnlyList<Question> Taught { get; } = [.. Split(taught: true).SelectMany(fact => fact.Questions)];

    /// <summary>One question for every fact about the members that no persona has been taught.</summary>
    public static IReadOnlyList<Question> Unseen { get; } =
        [.. Split(taught: false).Select((fact, index) => fact.Questions.ElementAt(index % fact.Topic.Wordings.Length))];

    private static IEnumerable<Fact> Split(bool taught)
    {
        var random = new Random(Seed);
        foreach (Kind kind in Isles.Kinds)
        {
            string[] members = [.. kind.Members];
            random.Shuffle(members);
            HashSet<string> known = [.. members.Take((int)(TaughtShare * members.Length))];
            foreach (Fact fact in Isles.Facts.Where(fact => fact.Kind == kind && known.Contains(fact.Member) == taught))
            {
                yield return fact;
            }
        }
    }
}
