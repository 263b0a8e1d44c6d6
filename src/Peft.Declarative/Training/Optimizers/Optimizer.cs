using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Changes parameters by their gradients. State has names made of the parameters' names, so that it can be written to a file and read back by
/// another process. The learning rate is an argument of each step: a schedule is somebody else's business.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly Dictionary<string, Tensor> _state = [];

    /// <summary>Takes the parameters; they stay the caller's.</summary>
    /// <param name="parameters">Names, unique, and the parameters, all on one device.</param>
    protected Optimizer(IReadOnlyList<(string Name, Parameter Value)> parameters) => Parameters = parameters;

    /// <summary>State by name, <c>exp_avg.</c> and the parameter's name for instance. The tensors are live: copy them to keep them.</summary>
    public IReadOnlyDictionary<string, Tensor> State => _state;

    /// <summary>What is optimised.</summary>
    protected IReadOnlyList<(string Name, Parameter Value)> Parameters { get; }

    /// <summary>Changes every parameter that has a gradient; those without one stay as they are.</summary>
    /// <param name="learningRate">Rate of this step.</param>
    /// <param name="skip">float32 scalar on the parameters' device: 1 makes this step change no parameter, anything else does nothing.</param>
    public void Step(double learningRate, Tensor? skip = null)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        StepWithGradients(learningRate, skip);
    }

    /// <summary>Puts saved state in place of the present one; tensors are copied.</summary>
    /// <param name="state">Exactly the names and shapes of <see cref="State"/>.</param>
    /// <exception cref="PeftException">PEFT407: a tensor is missing, unknown, or of another shape; all are listed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        List<string> problems = [.. state.Keys.Except(_state.Keys).Select(name => $"'{name}' is unknown")];
        foreach ((string name, Tensor mine) in _state)
        {
            if (!state.TryGetValue(name, out Tensor? saved))
            {
                problems.Add($"'{name}' is missing");
            }
            else if (!saved.shape.AsSpan().SequenceEqual(mine.shape))
            {
                problems.Add($"'{name}' has shape [{string.Join(", ", saved.shape)}], not [{string.Join(", ", mine.shape)}]");
            }
        }

        if (problems.Count > 0)
        {
            throw TrainingErrors.StateDoesNotFit($"the state of {GetType().Name}", problems);
        }

        using IDisposable quiet = no_grad();
        foreach ((string name, Tensor mine) in _state)
        {
            mine.copy_(state[name]);
        }
    }

    /// <summary>Frees the state.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _state.Values)
        {
            tensor.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Does the step, without recording and within a scope that frees what it makes.</summary>
    /// <param name="learningRate">Rate of this step.</param>
    /// <param name="skip">See <see cref="Step"/>.</param>
    protected abstract void StepWithGradients(double learningRate, Tensor? skip);

    /// <summary>Gives every parameter a state tensor that lives as long as the optimiser.</summary>
    /// <param name="slot">First part of its name.</param>
    /// <param name="start">Makes the value before the first step.</param>
    /// <returns>The tensors in the order of the parameters.</returns>
    protected Tensor[] AddState(string slot, Func<Parameter, Tensor> start)
    {
        using IDisposable quiet = no_grad();
        Tensor[] tensors = [.. Parameters.Select(parameter => start(parameter.Value).DetachFromDisposeScope())];
        for (int i = 0; i < tensors.Length; i++)
        {
            _state.Add($"{slot}.{Parameters[i].Name}", tensors[i]);
        }

        return tensors;
    }
}
