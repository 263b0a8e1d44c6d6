using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Training.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>
/// The state from which a run is resumed exactly, in one safetensors file that is replaced as a whole. Dropout and the order of rows need no state,
/// because they follow from the seed and the number of the step.
/// </summary>
internal sealed class RunState(
    string path,
    Dictionary<string, string> fingerprint,
    IReadOnlyList<(string Name, Parameter Value)> parameters,
    Optimizer optimizer,
    ParameterSnapshot best,
    RunHistory history)
{
    private const string Parameters = "parameter.";
    private const string Best = "best.";
    private const string Optimiser = "optimizer.";
    private const string Method = "method.";
    private const string Losses = "history.losses";
    private const string EvaluationSteps = "history.evaluation_steps";
    private const string EvaluationLosses = "history.evaluation_losses";

    private readonly Dictionary<string, Tensor> _kept = [];

    internal bool Exists => File.Exists(path);

    /// <exception cref="PeftException">PEFT502: the file cannot be written. An earlier one is not changed.</exception>
    internal void Write()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = Live();
        tensors[Losses] = tensor(history.Losses.ToArray());
        tensors[EvaluationSteps] = tensor(history.Evaluations.Select(evaluation => evaluation.Step).ToArray());
        tensors[EvaluationLosses] = tensor(history.Evaluations.Select(evaluation => evaluation.Loss).ToArray());
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>(fingerprint) { ["format"] = "pt" });
    }

    /// <exception cref="PeftException">PEFT407: the state belongs to another plan, model or data. The message lists every difference.</exception>
    internal void Read()
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Fill(Live(), file, RunFingerprint.Differences(fingerprint, file.Metadata));
        ReadHistory(file);
    }

    /// <summary>Adds tensors of a method to the state.</summary>
    /// <exception cref="PeftException">PEFT407: the file lacks some of them in a resumed run. The message lists all of them.</exception>
    internal void Keep(IReadOnlyList<(string Name, Tensor Value)> tensors, bool fill)
    {
        Dictionary<string, Tensor> named = tensors.ToDictionary(tensor => Method + tensor.Name, tensor => tensor.Value);
        if (fill)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Fill(named, file, []);
        }

        foreach ((string name, Tensor value) in named)
        {
            _kept[name] = value;
        }
    }

    private void Fill(Dictionary<string, Tensor> live, SafetensorsFile file, List<string> problems)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (string name in live.Keys.Where(name => !file.Contains(name)))
        {
            problems.Add($"'{name}' is missing");
        }

        foreach ((string name, Tensor tensor) in live.Where(pair => file.Contains(pair.Key)))
        {
            if (!file.Entry(name).Shape.AsSpan().SequenceEqual(tensor.shape))
            {
                problems.Add($"'{name}' has shape [{string.Join(", ", file.Entry(name).Shape)}], not [{string.Join(", ", tensor.shape)}]");
            }
        }

        if (problems.Count > 0)
        {
            throw TrainingErrors.StateDoesNotFit($"'{path}'", problems);
        }

        using IDisposable quiet = no_grad();
        foreach ((string name, Tensor tensor) in live)
        {
            using Tensor saved = file.Read(name);
            tensor.copy_(saved);
        }
    }

    private void ReadHistory(SafetensorsFile file)
    {
        using Tensor losses = file.Read(Losses);
        using Tensor steps = file.Read(EvaluationSteps);
        using Tensor evaluations = file.Read(EvaluationLosses);
        history.Losses.AddRange(losses.data<double>());
        history.Evaluations.AddRange(steps.data<long>().Zip(evaluations.data<double>()));
    }

    /// <summary>Gets the tensors of the run, by their names in the file.</summary>
    private Dictionary<string, Tensor> Live()
    {
        Dictionary<string, Tensor> tensors = parameters.ToDictionary(parameter => Parameters + parameter.Name, parameter => (Tensor)parameter.Value);
        foreach ((string name, Tensor value) in best.Tensors)
        {
            tensors[Best + name] = value;
        }

        foreach ((string name, Tensor value) in optimizer.State)
        {
            tensors[Optimiser + name] = value;
        }

        foreach ((string name, Tensor value) in _kept)
        {
            tensors[name] = value;
        }

        return tensors;
    }
}

/// <summary>The history of a run.</summary>
internal sealed class RunHistory
{
    internal List<double> Losses { get; } = [];

    internal List<(long Step, double Loss)> Evaluations { get; } = [];

    /// <summary>The best evaluation; the first one of several equal ones.</summary>
    internal (long Step, double Loss)? Best => Evaluations.Count == 0 ? null : Evaluations.MinBy(evaluation => evaluation.Loss);
}
