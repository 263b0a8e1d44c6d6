using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Model;

/// <summary>
/// Everything that the attributes and types say about one class. Holds texts and numbers only, so it may be compared by value, and an edit
/// that changes none of them leaves the pipeline where it is.
/// </summary>
internal sealed record ModelDeclaration(
    TypeShape Type,
    ModelShape Shape,
    ModuleTreeSpec Tree,
    EquatableArray<AdapterSpec> Adapters,
    TrainingSpec Training,
    string? BaseConfig,
    SourcePlace BaseConfigPlace,
    BudgetSpec? Budget,
    AppSpec? App,
    EquatableArray<Problem> Problems)
{
    /// <summary>How the base is stored, if [Quantize] says so.</summary>
    public QuantizeSpec? Quantize { get; init; }

    /// <summary>Whether there is a class to add code to: partial, and a model.</summary>
    public required bool CanBeGenerated { get; init; }

    /// <summary>Whether the class has attributes of the library and none that declares an adapter.</summary>
    internal bool IsIdle => Problems.Any(problem => problem.Id == RuleIds.NoAdapter);

    /// <summary>Name of the class for messages.</summary>
    public required string Name { get; init; }

    /// <summary>The file with the attribute that the class is generated at, from which paths count.</summary>
    public string SourceFile { get; init; } = "";

    /// <summary>Where [Training] sets MaxLength; null where it does not.</summary>
    public SourcePlace? MaxLengthPlace { get; init; }

    /// <summary>A class that could not be read by a fault of ours.</summary>
    internal static ModelDeclaration Failed(string name, Exception error)
    {
        string text = RuleTexts.GeneratorFailed(name, $"{error.GetType().Name}: {error.Message}");
        var shape = new ModelShape(false, 1, false, "", false, false, default);
        var training = new TrainingSpec("", default, 1, 0, Precision.Float32, false, 0, OptimizerType.AdamW);
        return new ModelDeclaration(
            new TypeShape("", name, "", default, name, default), shape, ModuleTreeSpec.Empty, default, training, null, SourcePlace.ClassName, null, null,
            new[] { new Problem(RuleIds.GeneratorFailed, text, SourcePlace.ClassName) }.ToEquatableArray())
        {
            Name = name,
            CanBeGenerated = false,
        };
    }
}

/// <summary>What [Training] says; the attribute's own defaults where it sets nothing or is missing.</summary>
/// <param name="Written">The attribute as it is written; empty if the class has none.</param>
/// <param name="Settings">Properties that are set, as assignments to properties of the plan.</param>
/// <param name="Accumulate">Micro-batches per optimiser step.</param>
/// <param name="MaxGradientNorm">Greatest 2-norm of all gradients together; 0 for no clipping.</param>
/// <param name="Precision">Type in which the base computes.</param>
/// <param name="GradientCheckpointing">Whether activations are computed again in backward.</param>
/// <param name="Seed">Seed of initialisation, shuffling and dropout.</param>
/// <param name="Optimizer">What changes the adapters.</param>
internal sealed record TrainingSpec(
    string Written,
    EquatableArray<TrainingSetting> Settings,
    int Accumulate,
    double MaxGradientNorm,
    Precision Precision,
    bool GradientCheckpointing,
    int Seed,
    OptimizerType Optimizer)
{
    /// <summary>Most tokens of a row.</summary>
    public int MaxLength { get; init; }
}

/// <summary>An assignment to a property of the training plan.</summary>
/// <param name="Property">The property.</param>
/// <param name="EnumType">Type of the value if it is an enum, whose name stands before it; empty otherwise.</param>
/// <param name="Value">The value as C# writes it.</param>
internal sealed record TrainingSetting(string Property, string EnumType, string Value);

/// <summary>What [Quantize] says.</summary>
/// <param name="Written">The attribute as it is written.</param>
/// <param name="Type">The sixteen values.</param>
/// <param name="BlockSize">Weights that share a scale.</param>
/// <param name="DoubleQuantization">Whether scales are quantised too.</param>
/// <param name="Exclude">Layers that stay dense.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record QuantizeSpec(string Written, QuantizationType Type, int BlockSize, bool DoubleQuantization, EquatableArray<string> Exclude, SourcePlace Place);

/// <summary>What [Budget] allows; 0 for no limit.</summary>
internal sealed record BudgetSpec(long MaxTrainable, double MaxMemoryGiB, SourcePlace Place);

/// <summary>A console program around the class.</summary>
/// <param name="HasOwnMain">Whether the project has a Main of its own, so that the generated one would clash.</param>
/// <param name="Class">Name of the program's class, which no type of the user's has.</param>
internal sealed record AppSpec(bool HasOwnMain, string Class)
{
    /// <summary>Why there is no app; null if there is one. The project needs its entry point all the same, or the compiler would complain too.</summary>
    public Problem? Refused { get; init; }
}
