using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>A copy of the trainable parameters, on their device.</summary>
internal sealed class ParameterSnapshot : IDisposable
{
    private readonly IReadOnlyList<(string Name, Parameter Value)> _parameters;
    private readonly Tensor[] _copies;

    internal ParameterSnapshot(IReadOnlyList<(string Name, Parameter Value)> parameters)
    {
        _parameters = parameters;
        _copies = [.. parameters.Select(parameter => Copy(parameter.Value))];
    }

    /// <summary>The copies, by the parameters' names.</summary>
    internal IEnumerable<(string Name, Tensor Value)> Tensors => _parameters.Zip(_copies, (parameter, copy) => (parameter.Name, copy));

    /// <summary>Copies the current values.</summary>
    internal void Take()
    {
        using IDisposable quiet = no_grad();
        foreach ((Tensor copy, (_, Parameter value)) in _copies.Zip(_parameters))
        {
            copy.copy_(value);
        }
    }

    /// <summary>Restores the values of the snapshot.</summary>
    internal void Restore()
    {
        using IDisposable quiet = no_grad();
        foreach ((Tensor copy, (_, Parameter value)) in _copies.Zip(_parameters))
        {
            value.copy_(copy);
        }
    }

    public void Dispose()
    {
        foreach (Tensor copy in _copies)
        {
            copy.Dispose();
        }
    }

    private static Tensor Copy(Parameter value)
    {
        using Tensor plain = value.detach();
        return plain.clone().DetachFromDisposeScope();
    }
}
