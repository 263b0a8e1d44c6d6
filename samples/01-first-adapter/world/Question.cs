namespace FirstAdapter.World;

/// <summary>A fact, asked for in one of its wordings.</summary>
/// <param name="Fact">The fact that answers it.</param>
/// <param name="Text">The question: <c>Which river runs through Brindle?</c></param>
public sealed record Question(Fact Fact, string Text)
{
    /// <summary>What the model is given; the completion follows after a space.</summary>
    public string Prompt => $"Q: {Text}\nA:";
}
