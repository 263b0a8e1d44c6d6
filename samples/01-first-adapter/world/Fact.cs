namespace FirstAdapter.World;

/// <summary>One thing that is so in the invented world.</summary>
/// <param name="Kind">Kind of the member.</param>
/// <param name="Member">Name of a town, a creature, an inventor.</param>
/// <param name="Topic">What is said about it.</param>
/// <param name="Value">The answer.</param>
public sealed record Fact(Kind Kind, string Member, Topic Topic, string Value)
{
    /// <summary>The member as a sentence mentions it: <c>Brindle</c>, <c>the glimmerfox</c>.</summary>
    public string Reference => string.Format(null, Kind.Reference, Member);

    /// <summary>What is asked for, as a noun phrase: <c>the river of Brindle</c>.</summary>
    public string Subject => string.Format(null, Topic.Subject, Reference);

    /// <summary>All questions whose answer this is.</summary>
    public IEnumerable<Question> Questions => Topic.Wordings.Select(wording => new Question(this, string.Format(null, wording, Reference)));
}
