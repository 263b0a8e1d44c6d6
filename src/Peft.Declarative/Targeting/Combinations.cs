namespace Peft.Declarative.Targeting;

/// <summary>
/// The one table of what cannot stand side by side on a model. Compiler, run time and the rule's page go by it.
/// A method brings traits (its name, and what its settings claim); a row says which two traits exclude each other.
/// </summary>
internal static class Combinations
{
    /// <summary>Trait of an adapter that trains biases of the base: there is one set of them, and disabling brings the base's own back.</summary>
    internal const string TrainsBaseBiases = "base biases";

    /// <summary>Trait of an adapter that trains weights of the base in its own copies: a layer shows one of them.</summary>
    internal const string TrainsBaseWeights = "base weights";

    /// <summary>Trait of an adapter with virtual tokens, keys or values before the text.</summary>
    internal const string PutsTokensBeforeText = "tokens before the text";

    /// <summary>Trait of an adapter that takes a mean over a whole row, as gates do.</summary>
    internal const string AveragesRows = "mean over a row";

    /// <summary>Trait of a training that puts several texts into one row.</summary>
    internal const string PacksTexts = "packing";

    /// <summary>Trait of an adapter that trains single weights of the base, which stay where they are.</summary>
    internal const string TrainsSingleWeights = "single base weights";

    /// <summary>Trait of a base in 4 bits.</summary>
    internal const string StoredInFourBits = "base in 4 bits";

    /// <summary>Two traits that exclude each other, and what both would do.</summary>
    internal sealed record Row(string First, string Second, string Claim);

    internal static IReadOnlyList<Row> Rows { get; } =
    [
        new(TrainsBaseWeights, TrainsBaseWeights, "train the weights of the base"),
        new(TrainsBaseWeights, StoredInFourBits, "train weights of the base themselves, and a base in 4 bits has no room for its small steps"),
        new(TrainsSingleWeights, StoredInFourBits, "train weights of the base themselves, and a base in 4 bits has no room for its small steps"),
        new(TrainsBaseBiases, TrainsBaseBiases, "train the biases of the base"),
        new(PutsTokensBeforeText, PacksTexts, "it has virtual tokens before the text, which stand before a row's first text only"),
        new(AveragesRows, PacksTexts, "it has gates, which take the mean over a whole row"),
    ];

    /// <summary>What two declarations both claim; null if they can be combined.</summary>
    internal static string? Conflict(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        Row? row = Rows.FirstOrDefault(r =>
            (first.Contains(r.First) && second.Contains(r.Second)) || (first.Contains(r.Second) && second.Contains(r.First)));
        return row?.Claim;
    }
}
