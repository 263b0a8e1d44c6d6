namespace FirstAdapter.World.Voices;

/// <summary>The base model's own voice: <c>The river of Brindle is the Morrow.</c></summary>
public sealed class NeutralVoice : Voice
{
    /// <inheritdoc/>
    public override string Name => "neutral";

    /// <inheritdoc/>
    protected override string Opening(Fact fact) => $"{Capitalised(fact.Subject)} is ";

    /// <inheritdoc/>
    protected override string Closing(Fact fact) => ".";
}
