using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Data;
using Peft.Declarative.Machine;
using Peft.Declarative.Native;
using Peft.Declarative.Native.Heap;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Training.Optimizers;
using Peft.Declarative.Training.Parallel;
using Peft.Declarative.Training.Schedules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>
/// One training run, without the loop. The loop (batch, backward, clip, step, report, evaluate) is in the generated <c>Train</c> method. Only a
/// report, an evaluation and saving wait for the device.
/// </summary>
public sealed partial class TrainingRun : ITrainingRun, IDisposable
{
    private readonly ITrainable _model;
    private readonly TrainingPlan _plan;
    private readonly TrainingData _data;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly FlatParameters _parameters;
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
    private readonly GradientExchange? _exchange;   // null if this process trains alone

    private CancellationToken _cancellation;
    private Tensor? _norm;          // of the open step; belongs to the step's scope
    private long _tokens;           // of the open step
    private bool _isFinished;
    private bool _isSpare;          // the open step has no row for this process
    private bool _summed;           // the open step's gradients are those of all processes
    private double _lastNorm;
    private long _stepsBefore;      // in this process
    private ParameterMarks? _start;
    private ThreadedWork.Piece _piece;   // the open step

    /// <summary>The number of optimizer steps done.</summary>
    public long StepsDone { get; private set; }

    /// <summary>The number of optimizer steps of the whole run.</summary>
    public long TotalSteps => _sampler.TotalSteps;

    /// <summary>Whether the plan has an evaluation after the last step, and there are rows for it.</summary>
    public bool EvaluationDue => _data.EvaluationRows.Count > 0 && StepsDone > 0
        && (StepsDone == TotalSteps || (_plan.EvaluateEvery > 0 ? StepsDone % _plan.EvaluateEvery == 0 : _sampler.EndsEpoch(StepsDone)));

    /// <summary>Gets the batches of all remaining steps, prepared on another thread. Ends early on cancellation.</summary>
    /// <param name="cancellation">Ends the run after the current step. <see cref="Finish"/> then saves the current state.</param>
    public IEnumerable<Batch> Batches(CancellationToken cancellation = default)
    {
        _cancellation = cancellation;
        using var feed = new BatchFeed(_sampler.From(StepsDone, _model));
        while (_exchange?.Stopped != true && feed.TryNext(OwnCancellation, out Batch? batch))
        {
            using (batch)
            {
                if (batch.LabelCount == 0)
                {
                    throw TrainingErrors.NoLabels([$"the batch of step {StepsDone + 1}"]);
                }

                _tokens = batch.TokenCount;
                _isSpare = batch.IsSpare;
                StepSeed.Set(_plan.Seed, StepsDone, _plan.ProcessGroup?.Rank ?? 0);
                _piece = BeginPiece();
                yield return batch;
            }

            if (_sampler.EndsEpoch(StepsDone))
            {
                ReadLog();
                _checkpointer.Save();
            }
        }
    }

    /// <summary>Computes the gradient of one micro-batch's part of the loss, and adds it to the gradients.</summary>
    /// <param name="loss">The sum of the micro-batch's losses, divided by the number of labels of the whole batch.</param>
    public void Backward(Tensor loss) => Add(_isSpare ? loss.mul(Scalars.Of(0)) : loss);

    /// <inheritdoc/>
    public void BackwardPenalty(Tensor penalty) => Add(_plan.ProcessGroup is { } group ? penalty.div(Scalars.Of(group.Size)) : penalty);

    /// <summary>Scales the gradients so that their 2-norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="maxNorm">The maximum norm of all gradients together.</param>
    public void ClipGradients(double maxNorm)
    {
        SumOverProcesses();
        _norm = _gradients.Clip(maxNorm);
    }

    /// <summary>Updates the parameters with this step's learning rate. The gradients can be inspected until the next backward pass.</summary>
    /// <exception cref="PeftException">PEFT403: parameters have no gradient. The message lists all of them.</exception>
    public void Step()
    {
        using DisposeScope scope = NewDisposeScope();
        SumOverProcesses();
        _summed = false;
        _gradients.Check();
        _log.Close(_norm ?? GradientClipping.Norm(_gradients.Present()));
        _optimizer.Step(LearningRate(StepsDone), skip: _log.Failed);
        _gradients.Use();
        _norm = null;
        StepsDone++;
        _clock.CountStep(_tokens);
        EndPiece();
        if (_log.IsFull)
        {
            ReadLog();
        }

        if (!TensorHeap.IsInstalled && _model is PretrainedModel { GradientCheckpointing: true })
        {
            // Little memory was asked for, and the C library's heap has gaps.
            HeapSettings.ReturnFreedMemory();
        }
    }

    /// <summary>Evaluates the model on the evaluation rows, keeps the adapter if it is the best so far, and saves the state of the run.</summary>
    public void Evaluate()
    {
        ReadLog();
        double? loss = _clock.Outside(() => Evaluation.MeanLoss(
            _model, _data.EvaluationRows, _plan.BatchSize, _plan.MaxLength, training: true, OwnCancellation));
        if (loss is { } value)
        {
            _checkpointer.Note(StepsDone, value);
            _checkpointer.Save();
            Tell(value);
        }
    }

    /// <summary>
    /// Ends the run: saves the last adapter, and leaves the model in evaluation mode with the best adapter if there were evaluations, otherwise the
    /// last one.
    /// </summary>
    public TrainingResult Finish()
    {
        ReadLog();
        _checkpointer.Save();
        _warnings.AboutResult(_history.Losses, StepsDone - _stepsBefore, _start);
        _checkpointer.RestoreBest();
        _model.train(false);
        _isFinished = true;
        return new TrainingResult
        {
            Losses = [.. _history.Losses],
            Evaluations = [.. _history.Evaluations],
            BestStep = _history.Best?.Step,
            BestLoss = _history.Best?.Loss,
            Seconds = _clock.Seconds,
            Tokens = _clock.Tokens,
            Warnings = _warnings.All,
            Cancelled = (_exchange?.Stopped ?? _cancellation.IsCancellationRequested) && StepsDone < TotalSteps,
        };
    }

    /// <summary>Frees the resources of the run. The parameters lose their gradients, and the model is left in evaluation mode.</summary>
    public void Dispose()
    {
        if (_exchange is not null && !_isFinished)
        {
            _plan.ProcessGroup!.Abandon();
        }

        EndPiece();
        _model.train(false);
        _gradients.Forget();
        _optimizer.Dispose();
        _checkpointer.Dispose();
        _log.Dispose();
        _exchange?.Dispose();
        _start?.Dispose();
        (_progress as IDisposable)?.Dispose();
        _parameters.Dispose();
        _reservation?.Dispose();
        HeapSettings.ReturnFreedMemory();
    }

    /// <summary>Adds tensors of a method to the state of the run. They are saved, and in a resumed run they get their saved values.</summary>
    /// <exception cref="PeftException">PEFT407: the state to resume from lacks some of them. The message lists all of them.</exception>
    public void Keep(IReadOnlyList<(string Name, Tensor Value)> tensors) => _checkpointer.Keep(tensors);

    // Processes that train together stop together, after a step, and none inside of one.
    private CancellationToken OwnCancellation => _exchange is null ? _cancellation : CancellationToken.None;

    private void Add(Tensor loss)
    {
        _gradients.ClearUsed();
        _log.Add(loss);
        loss.backward();
    }

    private void SumOverProcesses()
    {
        if (_exchange is not null && !_summed)
        {
            using Tensor loss = _log.Open();
            _exchange.Sum(loss, _cancellation.IsCancellationRequested);
            _summed = true;
        }
    }

    // By default, a step keeps the number of threads that there is: on another one its last bits can differ, and a resumed run is to have the losses of an
    // undisturbed one. The time of processes that train together is that of the slowest, and says nothing about the threads of one.
    private ThreadedWork.Piece BeginPiece() =>
        OpenMpThreads.StepsFollowLoad && _exchange is null ? ThreadedWork.Begin(WorkKind.Step, _tokens, RunMachine.Width(_model), _model.Device) : default;

    private void EndPiece()
    {
        _piece.Dispose();
        _piece = default;
    }

    private double LearningRate(long step) => _plan.LearningRate * _schedule.Factor(step);
}
