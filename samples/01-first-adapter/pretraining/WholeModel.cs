using Peft.Declarative;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Data;
using Peft.Declarative.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FirstAdapter.Pretraining;

/// <summary>A model of which everything is trained. Pretraining is then the run that also trains adapters, on other parameters.</summary>
public sealed class WholeModel : ITrainable
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    private readonly CausalLanguageModel _model;

    /// <summary>Makes all weights of a model trainable.</summary>
    public WholeModel(CausalLanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        TrainableParameters = [.. model.named_parameters().Select(entry => (entry.name, entry.parameter))];
        foreach ((_, Parameter value) in TrainableParameters)
        {
            value.requires_grad = true;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters { get; }

    /// <inheritdoc/>
    public Device Device => _model.Device;

    /// <summary>Trains.</summary>
    /// <param name="plan">What the run follows.</param>
    /// <param name="data">Rows of text.</param>
    /// <param name="progress">Receives the reports.</param>
    public void Train(TrainingPlan plan, TrainingData data, IProgress<TrainingProgress> progress)
    {
        using TrainingRun run = TrainingRun.Start(this, plan, data, progress);
        foreach (Batch batch in run.Batches())
        {
            using DisposeScope step = NewDisposeScope();
            foreach (MicroBatch micro in batch.Split(plan.Accumulate))
            {
                run.Backward(SumLoss(micro) / batch.LabelCount);
            }

            run.ClipGradients(plan.MaxGradientNorm);
            run.Step();
            run.Report();
        }

        run.Finish();
    }

    /// <inheritdoc/>
    public Tensor SumLoss(MicroBatch micro) => _model.SumLoss(micro);

    /// <inheritdoc/>
    public void train(bool on = true) => _model.train(on);

    /// <summary>Writes all weights as <c>model.safetensors</c>: here they are what has been trained.</summary>
    public void SaveAdapter(string directory) => SafetensorsWriter.Write(
        Path.Combine(directory, "model.safetensors"),
        TrainableParameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value),
        Metadata);
}
