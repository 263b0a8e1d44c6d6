using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>What the training loop needs of a model.</summary>
public interface ITrainable
{
    /// <summary>What is trained, by unique names. Everything else is frozen.</summary>
    IReadOnlyList<(string Name, Parameter Value)> TrainableParameters { get; }

    /// <summary>Where the model's weights are.</summary>
    Device Device { get; }

    /// <summary>
    /// Whether the label at the first place of a row enters the loss: where learned tokens stand before it, or where labels do not follow from the
    /// tokens before them, as classes and translations do. Not unless a model says so.
    /// </summary>
    bool PredictsFirstToken => false;

    /// <summary>Whether a row's first label is its class, which <see cref="MicroBatch.ClassLabels"/> then holds; not unless a model says so.</summary>
    bool LearnsClasses => false;

    /// <summary>What a decoder reads while it learns labels [rows, time], for <see cref="MicroBatch.DecoderIds"/>; null (the default) if there is none.</summary>
    /// <param name="labels">int64 [rows, time]; −100 where nothing is to be learnt.</param>
    Tensor? DecoderIds(Tensor labels) => null;

    /// <summary>Whether padding on the right changes the result unless it is masked; not in a causal model, and not unless a model says so.</summary>
    bool SeesPadding => false;

    /// <summary>
    /// Why texts cannot be packed side by side into one row, as the end of a sentence about the model; null if they can, and <see cref="SumLoss"/> goes by
    /// <see cref="MicroBatch.PositionIds"/> and <see cref="MicroBatch.SegmentIds"/>.
    /// </summary>
    string? PackingObstacle => "its SumLoss is its own, and positions and masks for texts side by side cannot reach it";

    /// <summary>Changes the declared plan for the runs of this model; null (the default) follows it as it is.</summary>
    Func<TrainingPlan, TrainingPlan>? ChangePlan => null;

    /// <summary>Sum of the losses of all labels of a micro-batch, a float32 scalar that can run backward.</summary>
    /// <param name="micro">Rows on <see cref="Device"/>.</param>
    Tensor SumLoss(MicroBatch micro);

    /// <summary>Switches dropout and the like on or off.</summary>
    /// <param name="on">Whether the model trains.</param>
    void train(bool on = true);

    /// <summary>Writes the adapter as a directory, replacing an earlier one.</summary>
    /// <param name="directory">Made if missing.</param>
    void SaveAdapter(string directory);
}
