using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Training.Optimizers;
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
    private readonly FlatParameters _parameters;
    private readonly Tensor _buffer;   // float32 on the CPU: [gradients | presence of each | loss | stop]
    private readonly long _presence;

    internal GradientExchange(ProcessGroup group, FlatParameters parameters)
    {
        (_group, _parameters) = (group, parameters);
        _presence = parameters.Sum(parameter => parameter.Value.numel());
        _buffer = zeros(_presence + parameters.Count + 2, dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
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
        Tensor?[] gradients = _parameters.Gradients();
        _buffer.zero_();
        foreach (ParameterRange range in _parameters.Ranges(gradients))
        {
            Part(range).copy_(range.Of(gradients[range.First]!));
            Values.Slice((int)_presence + range.First, range.Count).Fill(1);
        }

        Tensor total = _buffer.select(0, _buffer.size(0) - 2);
        total.copy_(loss);
        Values[^1] = stop ? 1 : 0;
        _group.AllReduce(Values);
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] ??= Values[(int)_presence + i] > 0 ? _parameters.AddGradient(i) : null;
        }

        foreach (ParameterRange range in _parameters.Ranges(gradients))
        {
            range.Of(gradients[range.First]!).copy_(Part(range));
        }

        loss.copy_(total);
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
        _buffer.zero_();
        List<ParameterRange> ranges = _parameters.Ranges();
        foreach (ParameterRange range in ranges.Where(_ => _group.Rank == 0))
        {
            Part(range).copy_(_parameters.Values(range));
        }

        _group.AllReduce(Values);
        foreach (ParameterRange range in ranges)
        {
            _parameters.Values(range).copy_(Part(range));
        }
    }

    public void Dispose() => _buffer.Dispose();

    private Span<float> Values => MemoryMarshal.Cast<byte, float>(_buffer.bytes);

    private Tensor Part(ParameterRange range) => _buffer.narrow(0, range.Start, range.Length);

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
