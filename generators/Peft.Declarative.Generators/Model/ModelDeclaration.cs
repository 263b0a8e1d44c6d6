using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Model;

/// <summary>
/// The declaration of one class: everything that its attributes and types say. It contains only texts and numbers, so that it can be compared by
/// value and an edit that changes none of them ends the pipeline.
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
    /// <summary>The quantization of the base; <see langword="null"/> without [Quantize].</summary>
    public QuantizeSpec? Quantize { get; init; }

    /// <summary>Whether code can be added to the class: it is partial, and a model.</summary>
    public required bool CanBeGenerated { get; init; }

    /// <summary>Whether the class has attributes of the library and none that declares an adapter.</summary>
    internal bool IsIdle => Problems.Any(problem => problem.Id == RuleIds.NoAdapter);

    /// <summary>The name of the class for messages.</summary>
    public required string Name { get; init; }

    /// <summary>The file with the attribute at which the class is generated. Relative paths begin there.</summary>
    public string SourceFile { get; init; } = "";

    /// <summary>The source location of MaxLength in [Training]; <see langword="null"/> if it is not set.</summary>
    public SourcePlace? MaxLengthPlace { get; init; }

    /// <summary>Creates the declaration of a class that could not be read because of a defect in this library.</summary>
    internal static ModelDeclaration Failed(string name, Exception error)
    {
        string text = RuleTexts.GeneratorFailed(name, $"{error.GetType().Name}: {error.Message}");
        var shape = new ModelShape(false, 1, false, "", false, false, default);
        var training = new TrainingSpec("", default, 1, 0, Precision.Float32, Checkpointing.None, 0, OptimizerType.AdamW);
        return new ModelDeclaration(
            new TypeShape("", name, "", default, name, default), shape, ModuleTreeSpec.Empty, default, training, null, SourcePlace.ClassName, null, null,
            new[] { new Problem(RuleIds.GeneratorFailed, text, SourcePlace.ClassName) }.ToEquatableArray())
        {
            Name = name,
            CanBeGenerated = false,
        };
    }
}

/// <summary>The settings of [Training], or its defaults.</summary>
/// <param name="Written">The attribute as written in the source; empty if the class has none.</param>
/// <param name="Settings">The properties that are set, as assignments to properties of the plan.</param>
/// <param name="Accumulate">The number of micro-batches per optimizer step.</param>
/// <param name="MaxGradientNorm">The maximum 2-norm of all gradients together; 0 for no clipping.</param>
/// <param name="Precision">The element type in which the base computes.</param>
/// <param name="Checkpointing">The activations that are recomputed in the backward pass.</param>
/// <param name="Seed">The seed of initialization, shuffling and dropout.</param>
/// <param name="Optimizer">The optimizer.</param>
internal sealed record TrainingSpec(
    string Written,
    EquatableArray<TrainingSetting> Settings,
    int Accumulate,
    double MaxGradientNorm,
    Precision Precision,
    Checkpointing Checkpointing,
    int Seed,
    OptimizerType Optimizer)
{
    /// <summary>The number of rows of a forward pass.</summary>
    public int BatchSize { get; init; }

    /// <summary>The maximum number of tokens of a row.</summary>
    public int MaxLength { get; init; }
}

/// <summary>An assignment to a property of the training plan.</summary>
/// <param name="Property">The property.</param>
/// <param name="EnumType">The type of the value if it is an enum; empty otherwise.</param>
/// <param name="Value">The value as a C# literal.</param>
internal sealed record TrainingSetting(string Property, string EnumType, string Value);

/// <summary>The settings of [Quantize].</summary>
/// <param name="Written">The attribute as written in the source.</param>
/// <param name="Type">The table of sixteen values.</param>
/// <param name="BlockSize">The number of weights that share a scale.</param>
/// <param name="DoubleQuantization">Whether scales are quantized too.</param>
/// <param name="Exclude">The layers that stay dense.</param>
/// <param name="Place">The source location of the attribute.</param>
internal sealed record QuantizeSpec(string Written, QuantizationType Type, int BlockSize, bool DoubleQuantization, EquatableArray<string> Exclude, SourcePlace Place)
{
    /// <summary>The threshold of outliers, for integers of 8 bits.</summary>
    public required double OutlierThreshold { get; init; }

    /// <summary>The number of bits of a code.</summary>
    internal int Bits => QuantizedSize.Bits(Type);
}

/// <summary>The limits of [Budget]; 0 for no limit.</summary>
internal sealed record BudgetSpec(long MaxTrainable, double MaxAdapterMiB, double MaxMemoryGiB, SourcePlace Place);

/// <summary>The console program of a class.</summary>
/// <param name="HasOwnMain">Whether the project has a Main method, with which the generated one would conflict.</param>
/// <param name="Class">The name of the program's class, which no type of the user has.</param>
internal sealed record AppSpec(bool HasOwnMain, string Class)
{
    /// <summary>Whether the project has the package that serves models.</summary>
    public bool Serves { get; init; }

    /// <summary>The reason why there is no app; <see langword="null"/> if there is one. The project still gets its entry point, so that there is one error only.</summary>
    public Problem? Refused { get; init; }
}
