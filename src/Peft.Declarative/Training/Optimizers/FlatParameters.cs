using System.Collections;
using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Parameters in one buffer, one after the other, and their gradients in another: what is done to all of them, such as clipping or a step of an optimizer, is
/// one operation over a range instead of one for each. The parameters stay the same objects.
/// </summary>
/// <remarks>
/// The memory of a parameter is exchanged below its handle, because TorchSharp's own modules refer to the parameter natively. Where parameters do not share a
/// buffer, each is a range of its own, and the same code works one by one.
/// </remarks>
internal sealed class FlatParameters : IReadOnlyList<(string Name, Parameter Value)>, IDisposable
{
    private readonly IReadOnlyList<(string Name, Parameter Value)> _parameters;
    private readonly Tensor[] _gradients;   // the place of each gradient; none without a buffer
    private readonly IntPtr[] _addresses;   // of these places
    private readonly List<long> _ends = [0];   // of the elements of each parameter, after those of all before

    private FlatParameters(IReadOnlyList<(string Name, Parameter Value)> parameters, Tensor[] gradients)
    {
        (_parameters, _gradients) = (parameters, gradients);
        _addresses = [.. gradients.Select(RawTensor.FirstElement)];
        foreach ((_, Parameter value) in parameters)
        {
            _ends.Add(_ends[^1] + value.numel());
        }
    }

    /// <summary>The number of parameters.</summary>
    public int Count => _parameters.Count;

    /// <summary>Gets a parameter.</summary>
    public (string Name, Parameter Value) this[int index] => _parameters[index];

    /// <summary>Moves the parameters into a buffer until <see cref="Dispose"/>. Those of several types or devices cannot share one, and stay where they are.</summary>
    internal static FlatParameters Move(IReadOnlyList<(string Name, Parameter Value)> parameters)
    {
        if (parameters.Select(parameter => (parameter.Value.dtype, parameter.Value.device.ToString())).Distinct().Count() != 1)
        {
            return Over(parameters);
        }

        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((Tensor place, (_, Parameter value)) in Zeros(parameters).Zip(parameters))
        {
            place.copy_(value);
            value.set_(place);
        }

        return new FlatParameters(parameters, [.. Zeros(parameters).Select(place => place.DetachFromDisposeScope())]);
    }

    /// <summary>Gets the list itself if its parameters share a buffer, otherwise a view of them where they are.</summary>
    internal static FlatParameters Over(IReadOnlyList<(string Name, Parameter Value)> parameters) =>
        parameters as FlatParameters ?? new FlatParameters(parameters, []);

    /// <summary>Splits parameters into ranges that lie together.</summary>
    /// <param name="gradients">Leaves out the parameters whose gradient is null. The default is <see langword="null"/>: none is left out.</param>
    /// <param name="steps">A number of each parameter; those of a range have the same. By default, all have.</param>
    internal List<ParameterRange> Ranges(Tensor?[]? gradients = null, ReadOnlySpan<long> steps = default)
    {
        List<ParameterRange> ranges = new(1);   // mostly all parameters are one
        for (int first = 0, end; first < Count; first = end)
        {
            end = first + 1;
            if (gradients is not null && gradients[first] is null)
            {
                continue;
            }

            while (end < _gradients.Length && (gradients is null || gradients[end] is not null) && (steps.IsEmpty || steps[end] == steps[first]))
            {
                end++;
            }

            ranges.Add(new ParameterRange(first, end - first, _ends[first], _ends[end] - _ends[first]));
        }

        return ranges;
    }

    /// <summary>
    /// Gets the gradients, null where there is none; they are not the caller's to dispose. Those that autograd has created elsewhere are brought into the buffer.
    /// </summary>
    internal Tensor?[] Gradients()
    {
        using IDisposable quiet = no_grad();
        var gradients = new Tensor?[Count];
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = Gradient(i);
        }

        return gradients;
    }

    /// <summary>Gives a parameter a gradient that has the value of its place in the buffer, or zero.</summary>
    internal Tensor AddGradient(int index) =>
        _parameters[index].Value.grad = _gradients.Length > 0 ? _gradients[index] : zeros_like(_parameters[index].Value);

    /// <summary>Creates tensors of zeros in the shapes of the parameters, which lie in memory as they do.</summary>
    internal Tensor[] Zeros(StateHome home = default) => _gradients.Length > 0
        ? [.. Zeros(_parameters, home)]
        : [.. _parameters.Select(parameter => home.Prepare(zeros_like(parameter.Value, device: home.Of(parameter.Value)), parameter.Value))];

    /// <summary>Gets the values of a range as a vector.</summary>
    internal Tensor Values(ParameterRange range) => range.Of(_parameters[range.First].Value);

    /// <summary>Gives each parameter its own memory again.</summary>
    public void Dispose()
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (Parameter value in _parameters.Take(_gradients.Length).Select(parameter => parameter.Value).Where(value => !value.IsInvalid))
        {
            value.set_(value.clone());
        }

        Array.ForEach(_gradients, place => place.Dispose());
    }

    /// <inheritdoc/>
    public IEnumerator<(string Name, Parameter Value)> GetEnumerator() => _parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static IEnumerable<Tensor> Zeros(IReadOnlyList<(string Name, Parameter Value)> parameters, StateHome home = default)
    {
        long[] lengths = [.. parameters.Select(parameter => parameter.Value.numel())];
        Parameter first = parameters[0].Value;
        Tensor buffer = home.Prepare(zeros(lengths.Sum(), dtype: first.dtype, device: home.Of(first)), first);
        return buffer.split(lengths).Zip(parameters, (place, parameter) => place.view(parameter.Value.shape));
    }

    private Tensor? Gradient(int index)
    {
        Parameter value = _parameters[index].Value;
        IntPtr place = _gradients.Length == 0 ? IntPtr.Zero : _addresses[index];
        if (place != IntPtr.Zero && RawTensor.FirstElementOfGradient(value) == place)
        {
            return _gradients[index];
        }

        Tensor? found = value.grad;
        if (found is null || (_gradients.Length == 0 && found.is_contiguous()))
        {
            return found;
        }

        Tensor own = _gradients.Length == 0 ? found.contiguous() : _gradients[index].copy_(found);
        value.grad = own;
        return own;
    }
}

/// <summary>Parameters that lie one after the other in memory, and with them their gradients and states.</summary>
/// <param name="First">The index of the first one.</param>
/// <param name="Count">Their number.</param>
/// <param name="Start">The number of elements of all parameters before.</param>
/// <param name="Length">The number of their elements.</param>
internal readonly record struct ParameterRange(int First, int Count, long Start, long Length)
{
    /// <summary>Gets all tensors of the range as a vector, from the first one.</summary>
    internal Tensor Of(Tensor first) => first.as_strided([Length], [1L], first.storage_offset());
}
