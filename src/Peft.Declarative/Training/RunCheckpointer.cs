using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;
using Optimizer = Peft.Declarative.Training.Optimizers.Optimizer;

namespace Peft.Declarative.Training;

/// <summary>
/// Keeps the best and the last adapter of a run, in memory and, if there is an output directory, in files. Of processes that train together, the first one
/// writes them.
/// </summary>
internal sealed class RunCheckpointer : IDisposable
{
    private readonly ITrainable _model;
    private readonly string? _directory;
    private readonly bool _writes;
    private readonly ParameterSnapshot _best;
    private readonly RunState? _state;
    private readonly RunHistory _history;
    private readonly RunFolder? _folder;
    private long _savedAt = -1;
    private bool _resumed;

    internal RunCheckpointer(
        ITrainable model,
        TrainingPlan plan,
        TrainingData data,
        FlatParameters parameters,
        Optimizer optimizer,
        RunHistory history)
    {
        _writes = plan is { OutputDirectory: not null, ProcessGroup: null or { Rank: 0 } };
        _folder = _writes && plan.OutputDirectory is { } output ? RunFolder.Claim(output, plan.Resume, plan.Overwrite) : null;
        _model = model;
        _directory = plan.OutputDirectory;
        _history = history;
        _best = new ParameterSnapshot(parameters);
        if (_directory is not null)
        {
            Dictionary<string, string> fingerprint = RunFingerprint.Of(plan, data, optimizer.Kind);
            _state = new RunState(Path.Combine(_directory, "state", "state.safetensors"), fingerprint, parameters, optimizer, _best, history);
        }
    }

    /// <summary>The directory of the last adapter; <see langword="null"/> if there are no files.</summary>
    internal string? LastDirectory => _directory is null ? null : Path.Combine(_directory, "last");

    /// <summary>Loads the saved state, if there is one.</summary>
    internal void Resume()
    {
        if (_state is { Exists: true })
        {
            _state.Read();
            _resumed = true;
            _savedAt = _history.Losses.Count;
        }
    }

    /// <summary>Adds further tensors to the state. In a resumed run, they get their saved values.</summary>
    internal void Keep(IReadOnlyList<(string Name, Tensor Value)> tensors) => _state?.Keep(tensors, fill: _resumed);

    /// <summary>Records an evaluation, and keeps the adapter if it is the best so far.</summary>
    internal void Note(long step, double loss)
    {
        bool better = !(_history.Best?.Loss <= loss);
        _history.Evaluations.Add((step, loss));
        if (better)
        {
            _best.Take();
            if (_writes)
            {
                SaveAdapters(Path.Combine(_directory!, "best"));
            }
        }
    }

    /// <summary>Saves the last adapter and the state from which the run can be resumed.</summary>
    internal void Save()
    {
        if (_writes && _savedAt != _history.Losses.Count)
        {
            SaveLast();
            _state!.Write();
            _savedAt = _history.Losses.Count;
        }
    }

    /// <summary>Saves only the last adapter.</summary>
    internal void SaveLast()
    {
        if (_writes && LastDirectory is { } last)
        {
            SaveAdapters(last);
        }
    }

    private void SaveAdapters(string directory)
    {
        if (_model is PretrainedModel { Adapters: var adapters })
        {
            adapters.SaveActive(directory);
        }
        else
        {
            _model.SaveAdapter(directory);
        }
    }

    /// <summary>Restores the best adapter, if there was an evaluation.</summary>
    internal void RestoreBest()
    {
        if (_history.Best is not null)
        {
            _best.Restore();
        }
    }

    public void Dispose()
    {
        _best.Dispose();
        _folder?.Dispose();
    }
}
