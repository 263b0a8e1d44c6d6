namespace Peft.Declarative.Declaration;

/// <summary>
/// What the compiler, the run time, the README's table and the method's page say of a method. Each method states it once, in its folder, in a file
/// that the compiler side compiles too.
/// </summary>
/// <param name="Name">Name of the attribute.</param>
/// <param name="Class">Class in the survey of Han et al. 2024, arXiv 2403.14608.</param>
/// <param name="Place">Where in the model it sits. What does not merge does not because it sits there and not on weights.</param>
/// <param name="Paper">arXiv id of the paper; empty for a method without one.</param>
internal sealed record MethodFacts(string Name, MethodClass Class, string Place, string Paper)
{
    /// <summary>The method's name in the files of Hugging Face PEFT, or its architecture in those of AdapterHub; empty for a union of several.</summary>
    public string PeftType { get; init; } = "";

    /// <summary>Whether it can be folded into the base's weights.</summary>
    public bool Merges { get; init; } = true;

    /// <summary>Kinds of layer that it can adapt; none for a method that does not sit on layers.</summary>
    public IReadOnlyList<LayerKind> Adaptable { get; init; } = [];

    /// <summary>The layers of a family that it takes where a declaration names none.</summary>
    public TargetGroup DefaultTargets { get; init; }

    /// <summary>Families it can be on; null for all.</summary>
    public IReadOnlyList<string>? Families { get; init; }

    /// <summary>Which values its numbers may have.</summary>
    public IReadOnlyList<NumberRule> Numbers { get; init; } = [];

    /// <summary>The numbers that are out of range, with what to say of each.</summary>
    /// <param name="model">Name of the model's class.</param>
    /// <param name="numbers">Numbers by the names of the attribute's arguments; null for one that is not set.</param>
    internal IEnumerable<(string Argument, string Text)> Problems(string model, IEnumerable<(string Argument, double? Value)> numbers) =>
        NumberRule.Problems(Numbers, Name, model, numbers);
}

/// <summary>The four classes of methods. Han, Gao, Liu, Zhang, Zhang 2024, arXiv 2403.14608.</summary>
internal enum MethodClass
{
    /// <summary>New modules or inputs beside the base: prompts, prefixes, bottlenecks, factors.</summary>
    Additive,

    /// <summary>A part of the base's own parameters.</summary>
    Selective,

    /// <summary>A change of the weights in few parameters, which can be folded in.</summary>
    Reparameterized,

    /// <summary>Several of the others side by side.</summary>
    Hybrid,
}
