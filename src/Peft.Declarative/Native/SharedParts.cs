using System.Runtime.ExceptionServices;

namespace Peft.Declarative.Native;

/// <summary>Blocks of a tensor in parts that several threads take one after another, so that a thread that another process holds up delays only its own part.</summary>
/// <param name="blocks">The number of blocks.</param>
/// <param name="parts">The number of parts.</param>
/// <param name="kernel">Called with ranges of blocks (first, end exclusive).</param>
internal sealed class SharedParts(long blocks, long parts, Action<long, long> kernel)
{
    private ExceptionDispatchInfo? _failure;
    private long _next = -1;

    /// <summary>Takes parts until none is left. An exception ends this thread's share; <see cref="ThrowIfFailed"/> gives it to the caller.</summary>
    internal void Take()
    {
        try
        {
            for (long part = Interlocked.Increment(ref _next); part < parts; part = Interlocked.Increment(ref _next))
            {
                kernel(blocks * part / parts, blocks * (part + 1) / parts);
            }
        }
#pragma warning disable CA1031 // a thread of OpenMP has no caller that could receive it
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
        }
    }

    /// <summary>Throws what a kernel has thrown, if any has.</summary>
    internal void ThrowIfFailed() => _failure?.Throw();
}
