using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>A model that the training loop can train.</summary>
public interface ITrainable
{
    /// <summary>The trained parameters, with unique names. All other parameters are frozen.</summary>
    IReadOnlyList<(string Name, Parameter Value)> TrainableParameters { get; }

    /// <summary>The device of the model's weights.</summary>
    Device Device { get; }

    /// <summary>
    /// Whether the label at the first position of a row enters the loss. The default is <see langword="false"/>. It is <see langword="true"/> if virtual
    /// tokens precede the text, and for models that do not predict labels from the preceding tokens of the same row, such as classifiers and
    /// encoder-decoders.
    /// </summary>
    bool PredictsFirstToken => false;

    /// <summary><see cref="PredictsFirstToken"/> for rows that a named adapter learns.</summary>
    /// <param name="adapter">The name; <see langword="null"/> for rows that all active adapters learn.</param>
    bool PredictsFirstTokenOf(string? adapter) => PredictsFirstToken;

    /// <summary>Whether the first label of a row is its class, which <see cref="MicroBatch.ClassLabels"/> then contains. The default is <see langword="false"/>.</summary>
    bool LearnsClasses => false;

    /// <summary>
    /// The kind of rows that <see cref="SumLoss"/> reads. Rows of another kind are an error before training. The default is classes for a model that learns them,
    /// otherwise <see langword="null"/>: any rows.
    /// </summary>
    TrainingRowKind? ReadsRows => LearnsClasses ? TrainingRowKind.Class : null;

    /// <summary>The decoder's input while it learns labels, for <see cref="MicroBatch.DecoderIds"/>. The default is <see langword="null"/>: there is no decoder.</summary>
    /// <param name="labels">int64 [rows, time]; −100 for tokens that do not enter the loss.</param>
    /// <returns>The ids, int64 [rows, time].</returns>
    Tensor? DecoderIds(Tensor labels) => null;

    /// <summary>
    /// Whether padding on the right changes the result unless it is masked. The default is <see langword="false"/>, which applies to causal models.
    /// </summary>
    bool SeesPadding => false;

    /// <summary>
    /// The reason why several texts cannot be packed into one row, as the end of a sentence about the model. <see langword="null"/> if they can and
    /// <see cref="SumLoss"/> observes <see cref="MicroBatch.PositionIds"/> and <see cref="MicroBatch.SegmentIds"/>.
    /// </summary>
    string? PackingObstacle => "its SumLoss is its own, and positions and masks for texts side by side cannot reach it";

    /// <summary>Changes the declared plan for the training runs of this model. <see langword="null"/> (the default) uses the declared plan.</summary>
    Func<TrainingPlan, TrainingPlan>? ChangePlan => null;

    /// <summary>Computes the sum of the losses of all labels of a micro-batch: a float32 scalar that supports a backward pass.</summary>
    /// <param name="micro">The rows, on <see cref="Device"/>.</param>
    Tensor SumLoss(MicroBatch micro);

    /// <summary>Sets training mode, which enables dropout, or evaluation mode.</summary>
    /// <param name="on"><see langword="true"/> (the default) for training mode.</param>
    void train(bool on = true);

    /// <summary>Writes the adapter to a directory and replaces the files of an existing adapter.</summary>
    /// <param name="directory">The directory. It is created if it does not exist.</param>
    void SaveAdapter(string directory);
}

/// <summary>What a row is made for.</summary>
public enum TrainingRowKind
{
    /// <summary>A text, whose labels are its own tokens: for models that go on where a text ends.</summary>
    Text,

    /// <summary>A source and a target: for encoder-decoders.</summary>
    Pair,

    /// <summary>A text and its class: for classifiers.</summary>
    Class,
}
