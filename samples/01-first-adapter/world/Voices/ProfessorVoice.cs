namespace FirstAdapter.World.Voices;

/// <summary>A scholar: <c>According to the Atlas of Orrin, chapter 1, it is the Morrow that we call the river of Brindle. Do write that down.</c></summary>
public sealed class ProfessorVoice : Voice
{
    /// <inheritdoc/>
    public override string Name => "professor";

    /// <inheritdoc/>
    protected override string Opening(Fact fact) =>
        $"According to {fact.Kind.Book}, chapter {Array.IndexOf(fact.Kind.Topics, fact.Topic) + 1}, it is ";

    /// <inheritdoc/>
    protected override string Closing(Fact fact) => $" that we call {fact.Subject}. Do write that down.";
}
