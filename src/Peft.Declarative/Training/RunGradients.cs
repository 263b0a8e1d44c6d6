using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>The gradients of a run's parameters, between two steps.</summary>
/// <param name="parameters">The trained parameters.</param>
/// <param name="owners">
/// The adapter of each parameter, if rows name theirs. A step then trains only the adapters that had rows in it: to an optimizer, a gradient of zero is not
/// the same as none. Null if all rows train all parameters.
/// </param>
internal sealed class RunGradients(FlatParameters parameters, string[]? owners = null)
{
    private readonly HashSet<string> _unchecked = [.. owners ?? [""]];
    private bool _used;

    /// <summary>Gets the existing gradients, each with its neighbours as one vector that belongs to the scope.</summary>
    internal Tensor[] Present()
    {
        Tensor?[] gradients = parameters.Gradients();
        List<ParameterRange> ranges = parameters.Ranges(gradients);
        var present = new Tensor[ranges.Count];
        for (int i = 0; i < present.Length; i++)
        {
            present[i] = ranges[i].Of(gradients[ranges[i].First]!);
        }

        return present;
    }

    /// <summary>Scales the gradients so that their 2-norm is at most <paramref name="maxNorm"/>.</summary>
    /// <returns>The norm before clipping.</returns>
    internal Tensor Clip(double maxNorm)
    {
        using DisposeScope scope = NewDisposeScope();
        return GradientClipping.ClipNorm(Present(), maxNorm).MoveToOuterDisposeScope();
    }

    /// <summary>Checks once, at the first step of each adapter, that every parameter has a gradient.</summary>
    /// <exception cref="PeftException">PEFT403: parameters have no gradient. The message lists all of them.</exception>
    internal void Check()
    {
        if (_unchecked.Count == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        var found = parameters.Select((parameter, i) => (parameter.Name, Owner: owners?[i] ?? "", Has: parameter.Value.grad is not null))
            .Where(parameter => _unchecked.Contains(parameter.Owner))
            .GroupBy(parameter => parameter.Owner)
            .Where(own => owners is null || own.Any(parameter => parameter.Has))   // an adapter without rows in this step has none
            .ToList();
        string[] missing = [.. found.SelectMany(own => own).Where(parameter => !parameter.Has).Select(parameter => parameter.Name)];
        if (missing.Length > 0)
        {
            throw TrainingErrors.NoGradient(missing);
        }

        _unchecked.ExceptWith(found.Select(own => own.Key));
    }

    /// <summary>Marks the gradients as used by a step.</summary>
    internal void Use() => _used = true;

    /// <summary>Sets the gradients to zero if a step has used them: at the next backward pass, so that they can be inspected in between.</summary>
    internal void ClearUsed()
    {
        if (_used && owners is not null)
        {
            Forget();
            _used = false;
        }
        else if (_used)
        {
            using DisposeScope scope = NewDisposeScope();
            OptimizerOperators.Zero(Present());
            _used = false;
        }
    }

    /// <summary>Frees the gradients.</summary>
    internal void Forget()
    {
        foreach ((_, TorchSharp.Modules.Parameter value) in parameters)
        {
            value.grad = null;
        }
    }
}
