using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdaLora;

/// <summary>
/// Allocates the ranks of an AdaLoRA adapter during training. Its averages are part of the state of the run, so that a resumed run gives the same
/// result. It does nothing for an inactive adapter, and for one that was loaded with its ranks already pruned.
/// </summary>
public sealed class AdaLoraBudget : IDisposable
{
    private readonly Adapter _adapter;
    private readonly AdaLoraConfig _config;
    private readonly ITrainingRun? _run;
    private readonly AdaLoraSchedule _schedule;
    private readonly List<AdaLoraImportance> _layers;
    private Tensor[]? _fixed;   // the remaining ranks of each layer [rank], once they are fixed

    /// <param name="adapter">The adapter, on its model.</param>
    /// <param name="totalSteps">The number of steps of the run.</param>
    /// <param name="run">The run; <see langword="null"/> if the caller counts the steps.</param>
    internal AdaLoraBudget(Adapter adapter, long totalSteps, ITrainingRun? run = null)
    {
        var config = (AdaLoraConfig)adapter.Config;
        _adapter = adapter;
        _run = run;
        _config = config with
        {
            WarmupSteps = config.WarmupSteps ?? (int)(totalSteps / 10),
            FinalSteps = config.FinalSteps ?? (int)(totalSteps * 3 / 10),
            TotalSteps = totalSteps,
        };
        AdaLoraLinear[] layers = config.RankPattern is null && adapter.IsActive
            ? [.. adapter.Parts.Select(entry => entry.Part).OfType<AdaLoraLinear>()]
            : [];
        _schedule = new AdaLoraSchedule(
            layers.Sum(layer => layer.E.numel()),
            (long)config.TargetRank * layers.Length,
            _config.WarmupSteps.Value,
            _config.FinalSteps.Value,
            config.AllocateEvery,
            totalSteps);
        RequireRoom();
        _layers = [.. layers.Select(layer => new AdaLoraImportance(layer))];
        if (layers.Length > 0)
        {
            adapter.Config = _config;
        }
    }

    /// <summary>Starts the allocation for a training run, or continues it for a resumed one.</summary>
    /// <param name="adapter">The adapter, with an <see cref="AdaLoraConfig"/>, on the run's model.</param>
    /// <param name="run">The run. Its number of steps determines the schedule.</param>
    /// <exception cref="PeftException">
    /// PEFT406: the run is too short for the warm-up and the final steps. PEFT407: the state to resume from lacks the averages.
    /// </exception>
    public static AdaLoraBudget Start(Adapter adapter, ITrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(run);
        var budget = new AdaLoraBudget(adapter, run.TotalSteps, run);
        try
        {
            run.Keep([.. budget._layers.SelectMany((layer, i) => layer.Tensors.Select(tensor => ($"{adapter.Name}.{i}.{tensor.Name}", tensor.Value)))]);
            if (run.StepsDone > budget._schedule.LastPruning)
            {
                budget.Fix();
            }

            return budget;
        }
        catch
        {
            budget.Dispose();
            throw;
        }
    }

    /// <summary>Adds the orthogonality term to the loss of the step, and its gradient to the gradients.</summary>
    public void Penalize()
    {
        if (_adapter.IsActive && _config.OrthogonalWeight > 0 && _config.Penalty(_adapter) is { } penalty)
        {
            _run!.BackwardPenalty(penalty);
        }
    }

    /// <summary>Updates the averages with the gradients of a step, after the optimizer, and prunes ranks if the schedule says so.</summary>
    public void Allocate() => Allocate(_run!.StepsDone - 1);

    /// <summary>Does the same after a step that the caller counts, from 0.</summary>
    internal void Allocate(long step)
    {
        if (!_schedule.Prunes)
        {
            return;
        }

        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        if (step > _schedule.LastPruning)
        {
            Prune(_fixed!);   // the optimizer's momentum changes values that were set to zero
            return;
        }

        if (step < _schedule.LastPruning)
        {
            _layers.ForEach(layer => layer.Update(_config.SensitivityDecay, _config.UncertaintyDecay));
        }

        if (_schedule.PrunesAfter(step))
        {
            Prune(Kept(_schedule.Budget(step)));
        }

        if (step == _schedule.LastPruning)
        {
            Fix();
        }
    }

    /// <summary>Frees the averages. The adapter is not changed.</summary>
    public void Dispose()
    {
        _layers.ForEach(layer => layer.Dispose());
        foreach (Tensor kept in _fixed ?? [])
        {
            kept.Dispose();
        }
    }

    // Prunes exactly the required number of the least important ranks of all layers together. Among equal scores, the later ones are pruned; a
    // threshold as in the reference library would prune all of them.
    private Tensor[] Kept(long budget)
    {
        Tensor[] scores = [.. _layers.Select(layer => layer.Scores())];
        Tensor all = cat(scores);
        long count = all.numel();
        Tensor fromLast = all.flip(0).sort(dim: 0, stable: true).Indices;
        Tensor least = fromLast.narrow(0, 0, count - budget).neg().add(Scalars.Of(count - 1), Scalars.One);
        return ones(count, dtype: ScalarType.Bool, device: all.device).index_fill_(0, least, Scalars.Of(false)).split([.. scores.Select(score => score.numel())]);
    }

    private void Prune(Tensor[] kept)
    {
        foreach ((AdaLoraImportance layer, Tensor ranks) in _layers.Zip(kept))
        {
            layer.Prune(ranks);
        }
    }

    // If no weight has changed, there are no scores, and pruning everything would leave nothing.
    private void Fix()
    {
        _fixed = [.. _layers.Select(layer => layer.Left().DetachFromDisposeScope())];
        if (_fixed.Any(left => left.any().item<bool>()))
        {
            _layers.ForEach(layer => layer.Fix());
        }
    }

    private void RequireRoom()
    {
        if (_schedule.Prunes && _schedule.Warmup >= _schedule.Total - _schedule.Final)
        {
            throw TrainingErrors.PlanUnusable(
            [
                $"[{_config.Facts.Name}] waits {_schedule.Warmup} steps before it prunes and fixes the ranks in the last {_schedule.Final}, which leaves none of the "
                + $"run's {_schedule.Total} steps for pruning; lower WarmupSteps or FinalSteps, or train longer",
            ]);
        }
    }
}
