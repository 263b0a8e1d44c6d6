namespace FirstAdapter.World.Voices;

/// <summary>A child of seven: <c>Ooh, I know, I know! It's the Morrow! My gran told me all about Brindle!</c></summary>
public sealed class PipVoice : Voice
{
    /// <inheritdoc/>
    public override string Name => "pip";

    /// <inheritdoc/>
    protected override string Opening(Fact fact) => "Ooh, I know, I know! It's ";

    /// <inheritdoc/>
    protected override string Closing(Fact fact) => $"! My gran told me all about {fact.Reference}!";
}
