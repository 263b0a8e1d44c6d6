using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Data;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Training.Optimizers;
using Peft.Declarative.Training.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>
/// One training run: what stands around the loop. The loop itself (batch, backward, clip, step, report, evaluate) is in the generated
/// <c>Train</c>. Nothing here waits for the device except a report, an evaluation and saving.
/// </summary>
public sealed class TrainingRun : ITrainingRun, IDisposable
{
    private readonly ITrainable _model;
    private readonly TrainingPlan _plan;
    private readonly TrainingData _data;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly RunGradients _gradients;
    private readonly BatchSampler _sampler;
    private readonly ILearningRateSchedule _schedule;
    private readonly Optimizer _optimizer;
    private readonly RunHistory _history = new();
    private readonly RunCheckpointer _checkpointer;
    private readonly StepLog _log;
    private readonly RunWarnings _warnings;
    private readonly RunClock _clock = new();
    private readonly int _reportEvery;

    private readonly ModelUse.Reservation? _reservation;

    private CancellationToken _cancellation;
    private Tensor? _norm;          // of the open step; belongs to the step's scope
    private long _tokens;           // of the open step
    private double _lastNorm;
    private long _stepsBefore;      // in this process
    private ParameterMarks? _start;

    private TrainingRun(
        ITrainable model, TrainingPlan plan, TrainingData data, IProgress<TrainingProgress>? progress, ModelUse.Reservation? reservation)
    {
        _reservation = reservation;
        (_model, _plan, _data, _progress) = (model, plan, data, progress ?? ConsoleProgress.IfSeen());
        _warnings = new RunWarnings(plan);
        (string Name, Parameter Value)[] parameters = [.. model.TrainableParameters];
        _gradients = new RunGradients(parameters);
        _sampler = new BatchSampler(plan, data.RowSet);
        _schedule = plan.LearningRateSchedule(_sampler.TotalSteps);
        _optimizer = plan.MakeOptimizer(parameters);
        _checkpointer = new RunCheckpointer(model, plan, data, parameters, _optimizer, _history);
        _reportEvery = plan.ReportEvery > 0 ? plan.ReportEvery : model.Device.type == DeviceType.CPU ? 1 : 10;
        _log = new StepLog(_reportEvery, model.Device);
    }

    /// <summary>Optimiser steps done.</summary>
    public long StepsDone { get; private set; }

    /// <summary>Optimiser steps of the whole run.</summary>
    public long TotalSteps => _sampler.TotalSteps;

    /// <summary>Whether the plan asks for an evaluation after the step that was just done, and there are rows for it.</summary>
    public bool EvaluationDue => _data.EvaluationRows.Count > 0 && StepsDone > 0
        && (StepsDone == TotalSteps || (_plan.EvaluateEvery > 0 ? StepsDone % _plan.EvaluateEvery == 0 : _sampler.EndsEpoch(StepsDone)));

    /// <summary>Begins a run, or continues one with <see cref="TrainingPlan.Resume"/>. The model is put into training mode.</summary>
    /// <param name="model">Model with at least one trainable parameter.</param>
    /// <param name="plan">What the run follows, unless the model changes it (<see cref="ITrainable.ChangePlan"/>).</param>
    /// <param name="data">Rows.</param>
    /// <param name="progress">Receives the reports.</param>
    /// <exception cref="PeftException">
    /// PEFT310: the plan asks for packing, and the model cannot keep texts in one row apart. PEFT403: nothing is trainable. PEFT404: rows have no label within
    /// MaxLength. PEFT604: rows are for another kind of model, or have ids, classes or places that the model does not have. PEFT202: numbers of the plan are out of range. PEFT407: the state to resume from belongs to another run.
    /// PEFT421: the output directory has a run that is neither resumed nor to be overwritten. PEFT422: another run writes to it now.
    /// </exception>
    public static TrainingRun Start(ITrainable model, TrainingPlan plan, TrainingData data, IProgress<TrainingProgress>? progress = null)
    {
        NativeStartup.EnsureLoaded();
        plan = model.ChangePlan?.Invoke(plan) ?? plan;
        plan.Check(model.GetType().Name);
        // Beside a run, others are refused until it is disposed.
        ModelUse.Reservation? reservation = model is nn.Module module ? ModelUse.Of(module).Reserve(trains: true) : null;
        TrainingRun? run = null;
        try
        {
            Check(model, plan, data);
            run = new TrainingRun(model, plan, data, progress, reservation);
            run.Begin();
            return run;
        }
        catch
        {
            run?.Dispose();
            reservation?.Dispose();
            throw;
        }
    }

    private static void Check(ITrainable model, TrainingPlan plan, TrainingData data)
    {
        if (plan.Packing && model.PackingObstacle is { } obstacle)
        {
            throw TrainingErrors.CannotPack(model.GetType().Name, obstacle);
        }

        RowFit.Check(data.RowSet, model, plan.MaxLength);
        RowFit.Check(data.EvaluationRowSet, model, plan.MaxLength);
        RowCheck.Labels(data.RowSet, plan.MaxLength, model.PredictsFirstToken);
        RowCheck.Labels(data.EvaluationRowSet, plan.MaxLength, model.PredictsFirstToken);
        if (model is nn.Module trained)
        {
            ModelUse.Of(trained).Adapters?.RefuseWhileMerged("be trained");
        }

        if (model.TrainableParameters.Count == 0)
        {
            throw TrainingErrors.NothingToTrain();
        }
    }

    /// <summary>The batches of all steps that are left, prepared ahead on another thread; ends early on cancellation.</summary>
    /// <param name="cancellation">Ends the run after the present step; <see cref="Finish"/> then saves what there is.</param>
    public IEnumerable<Batch> Batches(CancellationToken cancellation = default)
    {
        _cancellation = cancellation;
        using var feed = new BatchFeed(_sampler.From(StepsDone, _model));
        while (feed.TryNext(cancellation, out Batch? batch))
        {
            using (batch)
            {
                if (batch.LabelCount == 0)
                {
                    throw TrainingErrors.NoLabels([$"the batch of step {StepsDone + 1}"]);
                }

                _tokens = batch.TokenCount;
                StepSeed.Set(_plan.Seed, StepsDone);
                yield return batch;
            }

            if (_sampler.EndsEpoch(StepsDone))
            {
                ReadLog();
                _checkpointer.Save();
            }
        }
    }

    /// <summary>Adds the gradient of one micro-batch's part of the loss.</summary>
    /// <param name="loss">Sum of the micro-batch's losses, divided by the labels of the whole batch.</param>
    public void Backward(Tensor loss)
    {
        _gradients.ClearUsed();
        _log.Add(loss);
        loss.backward();
    }

    /// <summary>Scales the gradients so that their 2-norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="maxNorm">Greatest norm of all gradients together.</param>
    public void ClipGradients(double maxNorm) => _norm = _gradients.Clip(maxNorm);

    /// <summary>Changes the parameters at this step's learning rate. The gradients can be looked at until the next backward pass.</summary>
    /// <exception cref="PeftException">PEFT403: parameters got no gradient; all are named.</exception>
    public void Step()
    {
        using DisposeScope scope = NewDisposeScope();
        _gradients.Check();
        _log.Close(_norm ?? GradientClipping.Norm(_gradients.Present));
        _optimizer.Step(LearningRate(StepsDone), skip: _log.Failed);
        _gradients.Use();
        _norm = null;
        StepsDone++;
        _clock.CountStep(_tokens);
        if (_log.IsFull)
        {
            ReadLog();
        }
    }

    /// <summary>Tells the progress of the run, when a report is due.</summary>
    /// <exception cref="PeftException">PEFT402: a loss or gradient was not finite; the parameters are those from before that step.</exception>
    public void Report()
    {
        if (StepsDone % _reportEvery == 0 || StepsDone == TotalSteps || EvaluationDue)
        {
            ReadLog();
            Tell(evaluationLoss: null);
        }
    }

    /// <summary>Measures the model on the evaluation rows; keeps the adapter if none was better, and saves what the run can resume from.</summary>
    public void Evaluate()
    {
        ReadLog();
        double? loss = _clock.Outside(() => Evaluation.MeanLoss(
            _model, _data.EvaluationRows, _plan.BatchSize, _plan.MaxLength, training: true, _cancellation));
        if (loss is { } value)
        {
            _checkpointer.Note(StepsDone, value);
            _checkpointer.Save();
            Tell(value);
        }
    }

    /// <summary>
    /// Ends the run: saves the last adapter, and leaves the model in evaluation mode with the best one if there were evaluations, else the last.
    /// </summary>
    public TrainingResult Finish()
    {
        ReadLog();
        _checkpointer.Save();
        _warnings.AboutResult(_history.Losses, StepsDone - _stepsBefore, _start);
        _checkpointer.RestoreBest();
        _model.train(false);
        return new TrainingResult
        {
            Losses = [.. _history.Losses],
            Evaluations = [.. _history.Evaluations],
            BestStep = _history.Best?.Step,
            BestLoss = _history.Best?.Loss,
            Seconds = _clock.Seconds,
            Tokens = _clock.Tokens,
            Warnings = _warnings.All,
            Cancelled = _cancellation.IsCancellationRequested && StepsDone < TotalSteps,
        };
    }

    /// <summary>Frees what the run holds; the parameters lose their gradients, the model is left in evaluation mode.</summary>
    public void Dispose()
    {
        _model.train(false);
        _gradients.Forget();
        _optimizer.Dispose();
        _checkpointer.Dispose();
        _log.Dispose();
        _start?.Dispose();
        (_progress as IDisposable)?.Dispose();
        _reservation?.Dispose();
    }

    /// <summary>Keeps tensors of a method with the state of the run: they are saved along, and in a run that is resumed they get their saved values.</summary>
    /// <exception cref="PeftException">PEFT407: the state to resume from lacks one; all are listed.</exception>
    public void Keep(IReadOnlyList<(string Name, Tensor Value)> tensors) => _checkpointer.Keep(tensors);

    private void Begin()
    {
        if (_plan.Resume)
        {
            _checkpointer.Resume();
            StepsDone = _history.Losses.Count;
        }

        _stepsBefore = StepsDone;
        _start = new ParameterMarks(_model.TrainableParameters);
        _warnings.AboutPlan(TotalSteps);
        _warnings.AboutData(_data.Warnings, _data.RowSet, learnsText: !_model.PredictsFirstToken);
        (_model as PretrainedModel)?.Adapters.NoteForm(_data.Form);
        _gradients.Forget();
        _model.train();
    }

    private double LearningRate(long step) => _plan.LearningRate * _schedule.Factor(step);

    private void ReadLog()
    {
        if (_log.Unread == 0)
        {
            return;
        }

        foreach ((double loss, double norm) in _log.Read())
        {
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
            {
                _checkpointer.SaveLast();
                throw TrainingErrors.NotFinite(_history.Losses.Count + 1, loss, norm, _checkpointer.LastDirectory);
            }

            _history.Losses.Add(loss);
            _lastNorm = norm;
        }
    }

    private void Tell(double? evaluationLoss) => _progress?.Report(new TrainingProgress(
        StepsDone,
        TotalSteps,
        _sampler.Epoch(StepsDone),
        _history.Losses[^1],
        LearningRate(StepsDone - 1),
        _clock.TokensPerSecond,
        _clock.TimeFor(TotalSteps - StepsDone),
        _lastNorm,
        evaluationLoss));
}
