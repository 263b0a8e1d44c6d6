using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>An optimizer whose rule is a formula of ordinary operators over vectors.</summary>
public abstract class ElementwiseOptimizer : FlatOptimizer
{
    // The vectors of a formula stay in the cache of a CPU, and its temporary ones are small. A GPU has no such limit, and each operation its price.
    private const long ElementsAtOnce = 1 << 17;

    /// <param name="parameters">The names and parameters.</param>
    /// <param name="slots">The names of its states, which start at zero.</param>
    private protected ElementwiseOptimizer(IReadOnlyList<(string Name, Parameter Value)> parameters, params string[] slots)
        : this(parameters, isPaged: false, slots)
    {
    }

    /// <param name="parameters">The names and parameters.</param>
    /// <param name="isPaged">Whether the states are in host memory between steps.</param>
    /// <param name="slots">The names of its states, which start at zero.</param>
    private protected ElementwiseOptimizer(IReadOnlyList<(string Name, Parameter Value)> parameters, bool isPaged, params string[] slots)
        : base(parameters, ScalarType.Int64, slots, isPaged)
    {
    }

    /// <summary>Updates elements and their states in place.</summary>
    /// <param name="value">The elements, a vector.</param>
    /// <param name="gradient">Their gradients, which must not be changed.</param>
    /// <param name="state">Their states, in the order of the slots.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="step">The number of steps of these elements, including this one: 1 for the first.</param>
    private protected abstract void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step);

    /// <summary>Called once per step for parameters that are updated together, before their elements.</summary>
    private protected virtual void Begin(ParameterRange range, long step)
    {
    }

    private protected sealed override bool IsSkipped(Tensor? skip) => SkippedStep.IsKnown(skip);

    private protected sealed override void Update(Part[] parts, double learningRate, Tensor? skip)
    {
        foreach (Part part in parts)
        {
            Begin(part.Range, part.Step);
            long atOnce = part.Value.device_type == DeviceType.CPU ? ElementsAtOnce : part.Range.Length;
            for (long from = 0; from < part.Range.Length; from += atOnce)
            {
                Update(part, from, Math.Min(atOnce, part.Range.Length - from), learningRate, skip);
            }
        }
    }

    private void Update(Part part, long from, long length, double learningRate, Tensor? skip)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor value = part.Value.narrow(0, from, length);
        var state = new Tensor[part.State.Length];
        for (int i = 0; i < state.Length; i++)
        {
            state[i] = part.State[i].narrow(0, from, length);
        }

        Tensor[] changed = [value, .. state];
        Tensor[]? before = SkippedStep.Before(skip, changed);
        Update(value, part.Gradient.narrow(0, from, length), state, learningRate, part.Step);
        SkippedStep.Undo(skip, changed, before);
    }
}
