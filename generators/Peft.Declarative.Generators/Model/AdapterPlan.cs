namespace Peft.Declarative.Generators.Model;

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
