using FirstAdapter.Pretraining;

namespace MethodStudy.Study;

/// <summary>Bases of three sizes, made by the same program. The largest is the one of the first sample; the smaller two are shipped with this one.</summary>
internal static class BaseLadder
{
    /// <summary>Name of the base that the first sample ships.</summary>
    internal const string Shipped = "shipped";

    // Passes over the corpus that suffice to know it by heart; the smaller, the more.
    private static readonly (string Name, BaseSize Size, int Epochs)[] Smaller =
    [
        ("tiny", new BaseSize(Hidden: 64, Intermediate: 176, Layers: 2, Heads: 4), Epochs: 30),
        ("small", new BaseSize(Hidden: 80, Intermediate: 224, Layers: 3, Heads: 4), Epochs: 18),
    ];

    /// <summary>Names of the bases, from the smallest.</summary>
    internal static IReadOnlyList<string> Names { get; } = [.. Smaller.Select(step => step.Name), Shipped];

    /// <summary>Directory of a base.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    internal static string Directory(string name) =>
        name == Shipped ? Classroom.ShippedBase : Path.Combine(AppContext.BaseDirectory, "bases", name);

    /// <summary>Makes a smaller base from the grammar alone.</summary>
    /// <param name="name">One of <see cref="Names"/>, but the shipped one's.</param>
    /// <param name="home">Directory of all bases.</param>
    internal static void Make(string name, string home)
    {
        (_, BaseSize size, int epochs) = Array.Find(Smaller, step => step.Name == name);
        double known = Pretrainer.Run(Path.Combine(home, name), size, Pretrainer.Plan with { Epochs = epochs }, new ConsoleProgress(every: 100));
        Console.WriteLine(FormattableString.Invariant($"base '{name}': answers known word for word: {known:P1}"));
    }
}
