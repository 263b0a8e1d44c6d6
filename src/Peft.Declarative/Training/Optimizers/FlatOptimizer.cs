using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// An optimizer that treats all elements alike, whichever parameters they belong to. Parameters that lie together in memory, as those of a run do, and
/// have done as many steps, are updated together.
/// </summary>
public abstract class FlatOptimizer : Optimizer
{
    private readonly FlatParameters _flat;
    private readonly StateHome _home;
    private readonly Tensor[][] _states;
    private readonly Tensor _steps;   // in host memory, so that reading it does not wait for a device

    private protected FlatOptimizer(IReadOnlyList<(string Name, Parameter Value)> parameters, ScalarType stepType, string[] slots, bool isPaged = false)
        : base(parameters)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _flat = FlatParameters.Over(parameters);
        _home = new StateHome(isPaged);
        _states = [.. slots.Select(slot => AddState(slot, _flat.Zeros(_home)))];
        _steps = AddScalars("step", zeros(parameters.Count, dtype: stepType));
    }

    /// <inheritdoc/>
    protected sealed override void StepWithGradients(double learningRate, Tensor? skip)
    {
        Tensor?[] gradients = _flat.Gradients();
        if (IsSkipped(skip))
        {
            return;
        }

        _steps.add_(tensor(Array.ConvertAll(gradients, gradient => gradient is null ? 0L : 1L)), Scalars.One);
        long[] steps = _steps.to(ScalarType.Int64).data<long>().ToArray();
        List<ParameterRange> ranges = _flat.Ranges(gradients, steps);
        var parts = new Part[ranges.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            ParameterRange range = ranges[i];
            Tensor value = _flat.Values(range);
            parts[i] = new Part(range, value, range.Of(gradients[range.First]!), BringStates(range, value.device), steps[range.First]);
        }

        Update(parts, learningRate, skip);
        if (_home.IsPaged)
        {
            ReturnStates(parts);
        }
    }

    private Tensor StateOf(int slot, ParameterRange range) => range.Of(_states[slot][range.First]);

    private Tensor[] BringStates(ParameterRange range, Device device)
    {
        var states = new Tensor[_states.Length];
        for (int slot = 0; slot < states.Length; slot++)
        {
            states[slot] = _home.Bring(StateOf(slot, range), device);
        }

        return states;
    }

    private void ReturnStates(Part[] parts)
    {
        foreach (Part part in parts)
        {
            for (int slot = 0; slot < part.State.Length; slot++)
            {
                _home.Return(StateOf(slot, part.Range), part.State[slot]);
            }
        }
    }

    /// <summary>Whether the step is left out on the host. Otherwise, <c>Update</c> obeys <paramref name="skip"/>.</summary>
    private protected abstract bool IsSkipped(Tensor? skip);

    /// <summary>Updates parts of the parameters and of their states in place.</summary>
    private protected abstract void Update(Part[] parts, double learningRate, Tensor? skip);

    /// <summary>Adds a number for each parameter to the state.</summary>
    /// <returns>The numbers as one tensor, [parameters].</returns>
    private protected Tensor AddScalars(string slot, Tensor numbers)
    {
        AddState(slot, numbers.unbind());
        return Keep(numbers);
    }

    /// <summary>Parameters that are updated together, as vectors.</summary>
    /// <param name="Range">Which parameters.</param>
    /// <param name="Value">Their values.</param>
    /// <param name="Gradient">Their gradients, which must not be changed.</param>
    /// <param name="State">Their states, in the order of the slots.</param>
    /// <param name="Step">The number of steps of each, including this one: 1 for the first.</param>
    private protected readonly record struct Part(ParameterRange Range, Tensor Value, Tensor Gradient, Tensor[] State, long Step);
}
