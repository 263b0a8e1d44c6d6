using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Parameters of which some have another learning rate, as groups with an optimizer each. They follow one schedule.</summary>
internal sealed class ParameterGroups : Optimizer
{
    private readonly (Optimizer Optimizer, double Factor)[] _groups;

    /// <summary>Creates the optimizers.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="factor">The learning rate of a parameter by its name, as a factor on that of the step.</param>
    /// <param name="make">Creates the optimizer of a group.</param>
    internal ParameterGroups(
        IReadOnlyList<(string Name, Parameter Value)> parameters, Func<string, double> factor, Func<IReadOnlyList<(string Name, Parameter Value)>, Optimizer> make)
        : base(parameters)
    {
        _groups = [.. parameters.GroupBy(parameter => factor(parameter.Name)).Select(group => (make([.. group]), group.Key))];
        Array.ForEach(_groups, group => Include(group.Optimizer));
    }

    /// <inheritdoc/>
    internal override string Kind => $"{_groups[0].Optimizer.Kind} in {_groups.Length} groups";

    /// <inheritdoc/>
    protected override void StepWithGradients(double learningRate, Tensor? skip)
    {
        foreach ((Optimizer optimizer, double factor) in _groups)
        {
            optimizer.Step(learningRate * factor, skip);
        }
    }
}
