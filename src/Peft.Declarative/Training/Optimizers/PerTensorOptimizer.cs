using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>An optimizer that updates one parameter after the other, because the shape of a parameter matters to its rule.</summary>
public abstract class PerTensorOptimizer : Optimizer
{
    private readonly Tensor[] _steps;   // in host memory, so that reading them does not wait for a device
    private Tensor[][]? _changed;       // for each parameter, what a step changes in place: known once derived classes have added their states

    /// <summary>Creates an optimizer. The parameters belong to the caller.</summary>
    /// <param name="parameters">The names and parameters.</param>
    protected PerTensorOptimizer(IReadOnlyList<(string Name, Parameter Value)> parameters)
        : base(parameters) => _steps = AddState("step", _ => zeros([], dtype: ScalarType.Int64));

    /// <inheritdoc/>
    protected sealed override void StepWithGradients(double learningRate, Tensor? skip)
    {
        if (SkippedStep.IsKnown(skip))
        {
            return;
        }

        for (int i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Value.grad is { } gradient)
            {
                using DisposeScope scope = NewDisposeScope();
                long step = _steps[i].add_(Scalars.Of(1), Scalars.One).item<long>();
                Tensor[] changed = (_changed ??= Changed())[i];
                Tensor[]? before = SkippedStep.Before(skip, changed);
                Update(i, Parameters[i].Value, gradient, learningRate, step);
                SkippedStep.Undo(skip, changed, before);
            }
        }
    }

    /// <summary>Updates one parameter and its state in place.</summary>
    /// <param name="index">The index of the parameter, and of its state.</param>
    /// <param name="value">The parameter.</param>
    /// <param name="gradient">Its gradient, which must not be changed.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="step">The number of steps of this parameter, including this one: 1 for the first.</param>
    protected abstract void Update(int index, Parameter value, Tensor gradient, double learningRate, long step);

    private Tensor[][] Changed() =>
        [.. Parameters.Select((parameter, i) => (Tensor[])[parameter.Value, .. StatesOf(i).Where(state => !ReferenceEquals(state, _steps[i]))])];
}
