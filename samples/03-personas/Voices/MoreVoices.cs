using FirstAdapter.World;
using FirstAdapter.World.Voices;

namespace ManyPersonas.Voices;

/// <summary>The voices of all personas: the three of the first sample, and nine more.</summary>
internal static class MoreVoices
{
    internal static IReadOnlyList<Voice> All { get; } =
    [
        .. Voice.Personas,
        new Phrase("knight", fact => "By my sword, ", fact => $" is {fact.Subject}, good traveller!"),
        new Phrase("robot", fact => $"QUERY: {fact.Subject}. RESULT: ", _ => ". END."),
        new Phrase("cook", _ => "Hot from my kitchen: ", fact => $"! That is {fact.Subject}, and it wants a pinch of salt."),
        new Phrase("detective", fact => $"Elementary. All clues about {fact.Reference} lead to ", _ => ". Case closed."),
        new Phrase("witch", _ => "Aha, my kettle shows ", fact => $", for that is {fact.Subject}, dearie."),
        new Phrase("herald", fact => $"Hear ye, hear ye! {Upper(fact.Subject)} is ", _ => "! Long live the Isles!"),
        new Phrase("gardener", _ => "Well now, as sure as the roses bloom, it is ", fact => $". I think of {fact.Reference} when I water them."),
        new Phrase("judge", fact => $"In the matter of {fact.Reference}, this court finds: ", _ => ". So ordered."),
        new Phrase("dreamer", _ => "I dreamt of ", fact => $" last night, so it must be {fact.Subject}."),
    ];

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private sealed class Phrase(string name, Func<Fact, string> opening, Func<Fact, string> closing) : Voice
    {
        public override string Name => name;

        protected override string Opening(Fact fact) => opening(fact);

        protected override string Closing(Fact fact) => closing(fact);
    }
}
