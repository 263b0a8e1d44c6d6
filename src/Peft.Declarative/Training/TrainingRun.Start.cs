using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Data;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Training.Optimizers;
using Peft.Declarative.Training.Parallel;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

// The start of a run: the checks, the parts of the run, and the state from which it is resumed.
public sealed partial class TrainingRun
{
    private TrainingRun(
        ITrainable model, TrainingPlan plan, TrainingData data, IProgress<TrainingProgress>? progress, ModelUse.Reservation? reservation, bool mixes)
    {
        _reservation = reservation;
        (_model, _plan, _data, _progress) = (model, plan, data, plan.ProcessGroup is { Rank: > 0 } ? null : progress ?? ConsoleProgress.IfSeen(() => RunMachine.Line(model, plan, data)));
        _warnings = new RunWarnings(plan);
        _parameters = FlatParameters.Move([.. model.TrainableParameters]);
        _gradients = new RunGradients(_parameters, mixes ? RowAdapters.OwnersOf(model) : null);
        _sampler = new BatchSampler(plan, data.RowSet);
        _schedule = plan.LearningRateSchedule(_sampler.TotalSteps);
        _optimizer = plan.MakeOptimizer(_parameters);
        _checkpointer = new RunCheckpointer(model, plan, data, _parameters, _optimizer, _history);
        _reportEvery = plan.ReportEvery > 0 ? plan.ReportEvery : model.Device.type == DeviceType.CPU ? 1 : 10;
        _log = new StepLog(_reportEvery, model.Device);
        _exchange = plan.ProcessGroup is { Size: > 1 } group ? new GradientExchange(group, _parameters) : null;
    }

    /// <summary>Starts a run, or continues one with <see cref="TrainingPlan.Resume"/>. The model is put into training mode.</summary>
    /// <param name="model">A model with at least one trainable parameter.</param>
    /// <param name="plan">The plan, which the model can change (<see cref="ITrainable.ChangePlan"/>).</param>
    /// <param name="data">The rows.</param>
    /// <param name="progress">Receives the reports.</param>
    /// <remarks>
    /// If rows name the adapters that learn them, those adapters become the active ones. Each learns from its own rows only, by the mean over all labels of a
    /// step.
    /// </remarks>
    /// <exception cref="PeftException">
    /// PEFT703: rows or learning rates name adapters that the model does not have. PEFT310: the plan sets packing, but the model cannot separate texts in one row. PEFT403: nothing is trainable. PEFT404: rows have no label
    /// within MaxLength. PEFT604: rows are for another kind of model, or have ids, classes or positions that the model does not have. PEFT202:
    /// numbers of the plan are out of range. PEFT407: the state to resume from belongs to another run. PEFT421: the output directory has a run that
    /// is neither resumed nor overwritten. PEFT422: another run uses it. PEFT423: the processes of a run differ.
    /// </exception>
    public static TrainingRun Start(ITrainable model, TrainingPlan plan, TrainingData data, IProgress<TrainingProgress>? progress = null)
    {
        NativeStartup.EnsureLoaded();
        plan = model.ChangePlan?.Invoke(plan) ?? plan;
        plan.Check(model.GetType().Name);
        Prepare(model, plan);

        // Other runs of the same model are refused until this one is disposed.
        ModelUse.Reservation? reservation = model is nn.Module module ? ModelUse.Of(module).Reserve(trains: true) : null;
        TrainingRun? run = null;
        try
        {
            bool mixes = RowAdapters.Activate(model, data);
            Check(model, plan, data);
            run = new TrainingRun(model, plan, data, progress, reservation, mixes);
            run.Begin();
            return run;
        }
        catch
        {
            plan.ProcessGroup?.Abandon();
            run?.Dispose();
            reservation?.Dispose();
            throw;
        }
    }

    // What a plan says about the base holds also for a loop that was not generated.
    private static void Prepare(ITrainable model, TrainingPlan plan)
    {
        if (model is not PretrainedModel pretrained)
        {
            return;
        }

        if (plan.Precision != Precision.Float32)
        {
            pretrained.Use(plan.Precision);
        }

        if (plan.Checkpointing != Checkpointing.None)
        {
            pretrained.Checkpointing = plan.Checkpointing;
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
        RowCheck.Labels(data.RowSet, plan.MaxLength, model);
        RowCheck.Labels(data.EvaluationRowSet, plan.MaxLength, model);
        if (model is nn.Module trained)
        {
            ModelUse.Of(trained).Adapters?.RefuseWhileMerged("be trained");
        }

        if (model is PretrainedModel { Adapters: var adapters } && plan.LearningRates.Keys.Where(name => !adapters.Has(name)).ToArray() is { Length: > 0 } unknown)
        {
            throw adapters.NotFound(unknown);
        }

        if (model.TrainableParameters.Count == 0)
        {
            throw TrainingErrors.NothingToTrain();
        }
    }

    private void Begin()
    {
        if (_plan.Resume)
        {
            _checkpointer.Resume();
            StepsDone = _history.Losses.Count;
        }

        _exchange?.Begin(RunFingerprint.Of(_plan, _data, _optimizer.Kind).Append(new("steps", FormattableString.Invariant($"{StepsDone}"))));
        _stepsBefore = StepsDone;
        _start = new ParameterMarks(_model.TrainableParameters);
        _warnings.AboutPlan(TotalSteps);
        _warnings.AboutData(_data.Warnings, _data.RowSet, learnsText: !_model.PredictsFirstToken);
        (_model as PretrainedModel)?.Adapters.SetDataForm(_data.Form);
        _gradients.Forget();
        _model.train();
    }
}
