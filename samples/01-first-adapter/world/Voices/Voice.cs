namespace FirstAdapter.World.Voices;

/// <summary>A way of answering. It is exact, so that a model's answer can be judged without taste: the same fact is always said in the same words.</summary>
public abstract class Voice
{
    /// <summary>The three personas.</summary>
    public static IReadOnlyList<Voice> Personas { get; } = [new CaptainVoice(), new ProfessorVoice(), new PipVoice()];

    /// <summary>Short name, as in file names.</summary>
    public abstract string Name { get; }

    /// <summary>The answer to a question about a fact.</summary>
    public string Say(Fact fact) => Opening(fact) + fact.Value + Closing(fact);

    /// <summary>Whether an answer is in this voice, be the value in it right or wrong.</summary>
    /// <param name="fact">What was asked for.</param>
    /// <param name="answer">What was answered.</param>
    public bool IsHeardIn(Fact fact, string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        string opening = Opening(fact);
        string closing = Closing(fact);
        return answer.Length > opening.Length + closing.Length
            && answer.StartsWith(opening, StringComparison.Ordinal)
            && answer.EndsWith(closing, StringComparison.Ordinal);
    }

    /// <summary>What is said before the value.</summary>
    protected abstract string Opening(Fact fact);

    /// <summary>What is said after it.</summary>
    protected abstract string Closing(Fact fact);

    /// <summary>The text with its first letter a capital.</summary>
    protected static string Capitalised(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return char.ToUpperInvariant(text[0]) + text[1..];
    }
}
