using FirstAdapter.World.Kinds;

namespace FirstAdapter.World;

/// <summary>
/// The Isles of Orrin: an invented world, the same on every machine. Nothing in it is true anywhere else, so a model that answers
/// has learnt it here.
/// </summary>
public static class Isles
{
    private const int Seed = 7;

    /// <summary>Towns, creatures and inventors.</summary>
    public static IReadOnlyList<Kind> Kinds { get; } = [Towns.Kind, Creatures.Kind, Inventors.Kind];

    /// <summary>Everything there is to know.</summary>
    public static IReadOnlyList<Fact> Facts { get; } = Settle();

    private static List<Fact> Settle()
    {
        var random = new Random(Seed);
        List<Fact> facts = [];
        foreach (Kind kind in Kinds)
        {
            foreach (Topic topic in kind.Topics)
            {
                // Dealt like cards: each value as often as every other, so that guessing the most frequent one earns nothing.
                string[] deck = [.. Enumerable.Range(0, kind.Members.Length).Select(i => topic.Values[i % topic.Values.Length])];
                random.Shuffle(deck);
                facts.AddRange(kind.Members.Zip(deck, (member, value) => new Fact(kind, member, topic, value)));
            }
        }

        return facts;
    }
}
