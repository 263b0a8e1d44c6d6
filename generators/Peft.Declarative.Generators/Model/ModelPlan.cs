using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Model;

/// <summary>What is written for a class. Compared by value, like everything it is made of; equal plans give equal files.</summary>
/// <param name="Declaration">What the user declared.</param>
/// <param name="Adapters">The adapters, in the order they are declared.</param>
/// <param name="BaseParameters">Parameters of the base; null if not known.</param>
/// <param name="Problems">Errors and warnings, those of parsing first.</param>
internal sealed record ModelPlan(
    ModelDeclaration Declaration,
    EquatableArray<AdapterPlan> Adapters,
    long? BaseParameters,
    EquatableArray<Problem> Problems)
{
    /// <summary>What [Quantize] comes to; null without it.</summary>
    public QuantizePlan? Quantize { get; init; }

    /// <summary>The sizes that a checkpoint must have; null without a config.</summary>
    public BaseSizes? BaseSizes { get; init; }

    /// <summary>Most tokens of a text that the base's table of positions has room for; null for a base without one, and without a config.</summary>
    public long? LongestText { get; init; }

    /// <summary>The first error, for which the class gets its members but no adapters; null if there is none.</summary>
    internal Problem? Failure => Problems.FirstOrDefault(problem => Rules.RuleCatalog.IsError(problem.Id));

    /// <summary>Trained parameters of all adapters; null if one is not known.</summary>
    internal long? Trainable => Adapters.Aggregate((long?)0, (sum, adapter) => sum + adapter.Trainable);
}

/// <summary>One adapter, held against the model: what is written for it.</summary>
/// <param name="Spec">The declaration.</param>
/// <param name="Handle">Name of the property that gives it.</param>
/// <param name="Adapted">Layers that get an adapter.</param>
/// <param name="Saved">Layers that are trained in full.</param>
/// <param name="AtRunTime">Whether the run time selects, because the selection depends on a number of blocks that is not known.</param>
/// <param name="Trainable">Trained parameters; null if not known.</param>
/// <param name="FileValues">Values in the adapter's file; null if not known.</param>
internal sealed record AdapterPlan(
    AdapterSpec Spec,
    string Handle,
    EquatableArray<PlannedLayer> Adapted,
    EquatableArray<PlannedLayer> Saved,
    bool AtRunTime,
    long? Trainable,
    long? FileValues)
{
    /// <summary>What a hybrid is made of, in the order of its parts.</summary>
    public EquatableArray<AdapterPlan> Parts { get; init; }

    /// <summary>Trained parameters without those of layers trained in full; null if not known.</summary>
    internal long? TrainableBesideSaved => Saved.Aggregate(Trainable, (rest, layer) => rest - layer.Parameters);

    /// <summary>Values in the file without those of layers trained in full; null if not known.</summary>
    internal long? FileValuesBesideSaved => Saved.Aggregate(FileValues, (rest, layer) => rest - layer.Parameters);
}

/// <summary>A quantised base, held against the model.</summary>
/// <param name="Spec">The declaration.</param>
/// <param name="Layers">Layers in 4 bits; 0 if their number is not known.</param>
/// <param name="Parameters">Weights of those layers; null if not known.</param>
/// <param name="Bytes">What those weights take with their scales; null if not known.</param>
internal sealed record QuantizePlan(QuantizeSpec Spec, int Layers, long? Parameters, long? Bytes);
