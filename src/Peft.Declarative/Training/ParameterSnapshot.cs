using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>A copy of the trainable parameters, on their device.</summary>
internal sealed class ParameterSnapshot : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly Tensor[] _copies;

    internal ParameterSnapshot(FlatParameters parameters)
    {
        using DisposeScope scope = NewDisposeScope();
        (_parameters, _copies) = (parameters, [.. parameters.Zeros().Select(copy => copy.DetachFromDisposeScope())]);
        Take();
    }

    /// <summary>The copies, by the parameters' names.</summary>
    internal IEnumerable<(string Name, Tensor Value)> Tensors => _parameters.Zip(_copies, (parameter, copy) => (parameter.Name, copy));

    /// <summary>Copies the current values.</summary>
    internal void Take() => ForEach((copy, values) => copy.copy_(values));

    /// <summary>Restores the values of the snapshot.</summary>
    internal void Restore() => ForEach((copy, values) => values.copy_(copy));

    public void Dispose() => Array.ForEach(_copies, copy => copy.Dispose());

    private void ForEach(Action<Tensor, Tensor> body)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (ParameterRange range in _parameters.Ranges())
        {
            body(range.Of(_copies[range.First]), _parameters.Values(range));
        }
    }
}
