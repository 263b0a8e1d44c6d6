using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Model;

/// <summary>The plan of a class, from which its code is written. It is compared by value; equal plans give equal files.</summary>
/// <param name="Declaration">The declaration.</param>
/// <param name="Adapters">The adapters, in the order of their declaration.</param>
/// <param name="BaseParameters">The number of parameters of the base; <see langword="null"/> if not known.</param>
/// <param name="Problems">The errors and warnings, those of parsing first.</param>
internal sealed record ModelPlan(
    ModelDeclaration Declaration,
    EquatableArray<AdapterPlan> Adapters,
    long? BaseParameters,
    EquatableArray<Problem> Problems)
{
    /// <summary>The plan of [Quantize]; <see langword="null"/> without it.</summary>
    public QuantizePlan? Quantize { get; init; }

    /// <summary>The required sizes of a checkpoint; <see langword="null"/> without a config.</summary>
    public BaseSizes? BaseSizes { get; init; }

    /// <summary>
    /// The maximum number of tokens of a text in the base's table of positions; <see langword="null"/> for a base without a table, and without a
    /// config.
    /// </summary>
    public long? LongestText { get; init; }

    /// <summary>The memory of a step of the declared batch; <see langword="null"/> if a size is not known.</summary>
    public MemoryEstimate? Memory { get; init; }

    /// <summary>The number of tokens of the longest row: MaxLength, or less if the base has fewer positions.</summary>
    internal long Tokens => Math.Min(Declaration.Training.MaxLength, LongestText ?? long.MaxValue);

    /// <summary>The first error, with which the class gets its members but no adapters; <see langword="null"/> if there is none.</summary>
    internal Problem? Failure => Problems.FirstOrDefault(problem => Rules.RuleCatalog.IsError(problem.Id));

    /// <summary>The memory of all adapters' files in bytes; <see langword="null"/> if one is not known.</summary>
    internal long? FileBytes => Adapters.Aggregate((long?)0, (sum, adapter) => sum + adapter.FileValues) * sizeof(float);

    /// <summary>The number of trained parameters of all adapters; <see langword="null"/> if one is not known.</summary>
    internal long? Trainable => Adapters.Aggregate((long?)0, (sum, adapter) => sum + adapter.Trainable);
}

/// <summary>The plan of one adapter.</summary>
/// <param name="Spec">The declaration.</param>
/// <param name="Handle">The name of its property.</param>
/// <param name="Adapted">The layers that get an adapter.</param>
/// <param name="Saved">The layers that are trained in full.</param>
/// <param name="AtRunTime">Whether the run time selects the layers, because the selection depends on a number of blocks that is not known.</param>
/// <param name="Trainable">The number of trained parameters; <see langword="null"/> if not known.</param>
/// <param name="FileValues">The number of values in the adapter's file; <see langword="null"/> if not known.</param>
internal sealed record AdapterPlan(
    AdapterSpec Spec,
    string Handle,
    EquatableArray<PlannedLayer> Adapted,
    EquatableArray<PlannedLayer> Saved,
    bool AtRunTime,
    long? Trainable,
    long? FileValues)
{
    /// <summary>The variable of the adapter in the code that adds it to the model: the property, or a loop variable over personas.</summary>
    internal string Variable => Spec.IsRepeated ? "persona" : Handle;

    /// <summary>The expression for the name of the adapter in the code that adds it to the model.</summary>
    internal string NameText => Spec.IsRepeated ? $"{Variable}.Name" : Literal.Of(Spec.Name);

    /// <summary>The end of the names of its classes, which personas share.</summary>
    public string Classes { get; init; } = "";

    /// <summary>The parts of a hybrid, in their order.</summary>
    public EquatableArray<AdapterPlan> Parts { get; init; }

    /// <summary>The number of trained parameters without those of layers trained in full; <see langword="null"/> if not known.</summary>
    internal long? TrainableBesideSaved => Saved.Aggregate(Trainable, (rest, layer) => rest - layer.Parameters);

    /// <summary>The number of values in the file without those of layers trained in full; <see langword="null"/> if not known.</summary>
    internal long? FileValuesBesideSaved => Saved.Aggregate(FileValues, (rest, layer) => rest - layer.Parameters);
}

/// <summary>The plan of a quantized base.</summary>
/// <param name="Spec">The declaration.</param>
/// <param name="Layers">The number of quantized layers; 0 if not known.</param>
/// <param name="Parameters">The number of weights of those layers; <see langword="null"/> if not known.</param>
/// <param name="Bytes">The memory of those weights with their scales in bytes; <see langword="null"/> if not known.</param>
internal sealed record QuantizePlan(QuantizeSpec Spec, int Layers, long? Parameters, long? Bytes);
