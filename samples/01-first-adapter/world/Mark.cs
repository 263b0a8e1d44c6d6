using FirstAdapter.World.Voices;

namespace FirstAdapter.World;

/// <summary>How an answer is judged.</summary>
/// <param name="Content">Whether it says the right value, and no other value of the topic.</param>
/// <param name="Voice">Whether it is in the persona's voice, word for word.</param>
public readonly record struct Mark(bool Content, bool Voice)
{
    /// <summary>Right in content and in voice.</summary>
    public bool Full => Content && Voice;

    /// <summary>Judges an answer.</summary>
    public static Mark Of(Fact fact, Voice voice, string answer)
    {
        ArgumentNullException.ThrowIfNull(fact);
        ArgumentNullException.ThrowIfNull(voice);
        ArgumentNullException.ThrowIfNull(answer);
        bool Says(string value) => answer.Contains(value, StringComparison.OrdinalIgnoreCase);
        return new Mark(
            Content: Says(fact.Value) && !fact.Topic.Values.Any(other => other != fact.Value && Says(other)),
            Voice: voice.IsHeardIn(fact, answer));
    }
}
