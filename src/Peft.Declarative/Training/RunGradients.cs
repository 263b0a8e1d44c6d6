using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>The gradients of a run's parameters, from one step to the next.</summary>
/// <param name="parameters">All that is trained.</param>
internal sealed class RunGradients((string Name, Parameter Value)[] parameters)
{
    private bool _checked;
    private bool _used;

    /// <summary>Those that there are; fresh handles, which belong to the scope.</summary>
    internal Tensor[] Present => GradientClipping.Gradients(parameters.Select(parameter => parameter.Value));

    /// <summary>Scales them so that their 2-norm is at most <paramref name="maxNorm"/>.</summary>
    /// <returns>The norm from before.</returns>
    internal Tensor Clip(double maxNorm) => GradientClipping.ClipNorm(parameters.Select(parameter => parameter.Value), maxNorm);

    /// <summary>Looks once, at the first step, whether there is one for each parameter.</summary>
    /// <exception cref="PeftException">PEFT403: parameters got no gradient; all are named.</exception>
    internal void Check()
    {
        if (_checked)
        {
            return;
        }

        string[] missing = [.. parameters.Where(parameter => parameter.Value.grad is null).Select(parameter => parameter.Name)];
        if (missing.Length > 0)
        {
            throw TrainingErrors.NoGradient(missing);
        }

        _checked = true;
    }

    /// <summary>Says that a step has followed them.</summary>
    internal void Use() => _used = true;

    /// <summary>Sets them to zero if a step has followed them: at the first backward pass of the next, so that in between they can be looked at.</summary>
    internal void ClearUsed()
    {
        if (_used)
        {
            using DisposeScope scope = NewDisposeScope();
            OptimizerOperators.Zero(Present);
            _used = false;
        }
    }

    /// <summary>Frees them.</summary>
    internal void Forget()
    {
        foreach ((_, Parameter value) in parameters)
        {
            value.grad = null;
        }
    }
}
