using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>Two sums of each parameter, which show later whether it has changed, without a copy.</summary>
internal sealed class ParameterMarks : IDisposable
{
    private readonly IReadOnlyList<(string Name, Parameter Value)> _parameters;
    private readonly Tensor _marks;

    internal ParameterMarks(IReadOnlyList<(string Name, Parameter Value)> parameters)
    {
        _parameters = parameters;
        _marks = Marks().DetachFromDisposeScope();
    }

    internal int Count => _parameters.Count;

    /// <summary>Gets the names of the parameters that have not changed.</summary>
    internal IReadOnlyList<string> Unchanged()
    {
        using DisposeScope scope = NewDisposeScope();
        bool[] same = [.. Marks().eq(_marks).all(1).cpu().data<bool>()];
        return [.. _parameters.Zip(same).Where(entry => entry.Second).Select(entry => entry.First.Name)];
    }

    public void Dispose() => _marks.Dispose();

    private Tensor Marks()
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return stack(_parameters.SelectMany(parameter => Sums(parameter.Value.detach())).ToArray())
            .view(-1, 2)
            .MoveToOuterDisposeScope();
    }

    private static IEnumerable<Tensor> Sums(Tensor values)
    {
        yield return values.sum(ScalarType.Float64).cpu();
        yield return values.pow(Scalars.Of(2)).sum(ScalarType.Float64).cpu();
    }
}
