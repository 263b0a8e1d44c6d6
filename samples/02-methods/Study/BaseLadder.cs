using FirstAdapter.Pretraining;

namespace MethodStudy.Study;

/// <summary>
/// Bases of three sizes, made by the same program. The largest is the one that the first sample ships; the smaller two are pretrained here, in
/// fewer passes, and kept for the next run.
/// </summary>
internal static class BaseLadder
{
    /// <summary>Name of the base that the first sample ships.</summary>
    internal const string Shipped = "shipped";

    // Passes over the corpus that suffice to know it by heart; the smaller, the more.
    private static readonly (string Name, BaseSize Size, int Epochs)[] Smaller =
    [
        ("tiny", new BaseSize(Hidden: 64, Intermediate: 176, Layers: 2, Heads: 4), Epochs: 18),
        ("small", new BaseSize(Hidden: 80, Intermediate: 224, Layers: 3, Heads: 4), Epochs: 12),
    ];

    /// <summary>Names of the bases, from the smallest.</summary>
    internal static IReadOnlyList<string> Names { get; } = [.. Smaller.Select(step => step.Name), Shipped];

    /// <summary>Directory of a base; makes it if it is not there yet.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="home">Where bases that are made here are kept.</param>
    internal static string Directory(string name, string home)
    {
        if (name == Shipped)
        {
            return Classroom.ShippedBase;
        }

        (_, BaseSize size, int epochs) = Array.Find(Smaller, step => step.Name == name);

        string directory = Path.Combine(home, name);
        if (!File.Exists(Path.Combine(directory, "model.safetensors")))
        {
            double known = Pretrainer.Run(directory, size, Pretrainer.Plan with { Epochs = epochs }, new ConsoleProgress(every: 100));
            Console.WriteLine($"base '{name}': answers known word for word: {known:P1}");
        }

        return directory;
    }
}
