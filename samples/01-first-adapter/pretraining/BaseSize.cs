namespace FirstAdapter.Pretraining;

/// <summary>How large a base is.</summary>
/// <param name="Hidden">Features of a token.</param>
/// <param name="Intermediate">Features inside a feed-forward network.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads; they divide <paramref name="Hidden"/>, and every two of them share keys and values.</param>
public sealed record BaseSize(int Hidden, int Intermediate, int Layers, int Heads)
{
    /// <summary>The one that the sample ships.</summary>
    public static BaseSize Shipped { get; } = new(Hidden: 128, Intermediate: 352, Layers: 4, Heads: 4);
}
