using FirstAdapter.World.Kinds;

namespace FirstAdapter.World.Voices;

/// <summary>An old sailor: <c>Arr, the river of Brindle be the Morrow, or I never dropped anchor there!</c></summary>
public sealed class CaptainVoice : Voice
{
    /// <inheritdoc/>
    public override string Name => "captain";

    /// <inheritdoc/>
    protected override string Opening(Fact fact) => $"Arr, {fact.Subject} be ";

    /// <inheritdoc/>
    protected override string Closing(Fact fact) =>
        fact.Kind == Towns.Kind ? ", or I never dropped anchor there!"
        : fact.Kind == Creatures.Kind ? ", or me parrot be a haddock!"
        : ", and I drank rum with that scallywag!";
}
