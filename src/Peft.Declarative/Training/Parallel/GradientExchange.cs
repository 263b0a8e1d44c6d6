using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Parallel;

/// <summary>
/// Sums the gradients of a step over all processes, in one operation over one buffer: all gradients, for each parameter whether it has one, the loss, and
/// whether a process has been told to stop, so that all stop after the same step.
/// </summary>
internal sealed class GradientExchange : IDisposable
{
    private const int Digits = 8;   // of the fingerprint, each of 16 bits, which float32 holds exactly

    private readonly ProcessGroup _group;
    private readonly (string Name, Parameter Value)[] _parameters;
    private readonly Tensor _buffer;   // float32 on the CPU: [gradients | presence of each | loss | stop]
    private readonly long _presence;

    internal GradientExchange(ProcessGroup group, (string Name, Parameter Value)[] parameters)
    {
        (_group, _parameters) = (group, parameters);
        _presence = parameters.Sum(parameter => parameter.Value.numel());
        _buffer = zeros(_presence + parameters.Length + 2, dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
    }

    /// <summary>Whether some process was told to stop before the last exchange.</summary>
    internal bool Stopped { get; private set; }

    /// <summary>Replaces gradients and loss by their sums over all processes.</summary>
    /// <param name="loss">The loss of the open step on this process, a scalar.</param>
    /// <param name="stop">Whether this process was told to stop.</param>
    internal void Sum(Tensor loss, bool stop)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = _buffer.split([.. _parameters.Select(parameter => parameter.Value.numel())
            .Concat(Enumerable.Repeat(1L, _parameters.Length + 2))]);
        Values[(int)_presence..].Clear();
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (_parameters[i].Value.grad is { } gradient)
            {
                parts[i].copy_(gradient.reshape(-1));
                Values[(int)_presence + i] = 1;
            }
            else
            {
                parts[i].zero_();
            }
        }

        parts[^2].copy_(loss.reshape(1));
        Values[^1] = stop ? 1 : 0;
        _group.AllReduce(Values);
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (Values[(int)_presence + i] > 0)
            {
                Take(_parameters[i].Value, parts[i]);
            }
        }

        loss.copy_(parts[^2].reshape(loss.shape));
        Stopped = Values[^1] > 0;
    }

    /// <summary>Gives all processes the parameters of the first one, after a check that they train the same.</summary>
    /// <param name="fingerprint">What must be equal in all processes.</param>
    /// <exception cref="PeftException">PEFT423: it is not. The message names the processes.</exception>
    internal void Begin(IEnumerable<KeyValuePair<string, string>> fingerprint)
    {
        RequireSame(string.Join('\n', fingerprint.Select(pair => $"{pair.Key}={pair.Value}")
            .Concat(_parameters.Select(parameter => $"{parameter.Name} {string.Join('x', parameter.Value.shape)}"))));
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = _buffer.split([.. _parameters.Select(parameter => parameter.Value.numel()), _parameters.Length + 2]);
        _buffer.zero_();
        foreach ((Tensor part, Parameter value) in parts.Zip(_parameters.Select(parameter => parameter.Value)).Where(_ => _group.Rank == 0))
        {
            part.copy_(value.reshape(-1));
        }

        _group.AllReduce(Values);
        foreach ((Tensor part, Parameter value) in parts.Zip(_parameters.Select(parameter => parameter.Value)))
        {
            value.copy_(part.reshape(value.shape));
        }
    }

    public void Dispose() => _buffer.Dispose();

    private Span<float> Values => MemoryMarshal.Cast<byte, float>(_buffer.bytes);

    private static void Take(Parameter parameter, Tensor sum)
    {
        Tensor gradient = parameter.grad ?? zeros_like(parameter);
        gradient.copy_(sum.reshape(parameter.shape));
        parameter.grad = gradient;
    }

    private void RequireSame(string text)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        float[] table = new float[_group.Size * Digits];
        Span<float> own = table.AsSpan(_group.Rank * Digits, Digits);
        for (int i = 0; i < Digits; i++)
        {
            own[i] = hash[2 * i] + (256 * hash[(2 * i) + 1]);
        }

        _group.AllReduce(table);
        int[] others = [.. Enumerable.Range(1, _group.Size - 1).Where(rank => !table.AsSpan(rank * Digits, Digits).SequenceEqual(table.AsSpan(0, Digits)))];
        if (others.Length > 0)
        {
            throw TrainingErrors.ProcessesDiffer(others);
        }
    }
}
