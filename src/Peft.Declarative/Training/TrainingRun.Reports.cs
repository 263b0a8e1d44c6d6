using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Training;

// What a run reads back from the device, and tells.
public sealed partial class TrainingRun
{
    /// <summary>Reports the progress of the run, if a report is due.</summary>
    /// <exception cref="PeftException">PEFT402: a loss or gradient was not finite. The parameters are those from before that step.</exception>
    public void Report()
    {
        if (StepsDone % _reportEvery == 0 || StepsDone == TotalSteps || EvaluationDue)
        {
            ReadLog();
            Tell(evaluationLoss: null);
        }
    }

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
