using System.Runtime.ExceptionServices;

namespace Peft.Declarative.Native;

/// <summary>Blocks of a tensor in parts that several threads take one after another, so that a thread that another process holds up delays only its own part.</summary>
/// <param name="blocks">The number of blocks.</param>
/// <param name="parts">The number of parts.</param>
internal abstract class SharedParts(long blocks, long parts)
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
                Run(blocks * part / parts, blocks * (part + 1) / parts);
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

    private protected abstract void Run(long from, long to);
}

/// <summary>The parts of a kernel's work.</summary>
internal sealed class SharedParts<TKernel>(long blocks, long parts, TKernel kernel) : SharedParts(blocks, parts)
    where TKernel : struct, IBlockKernel
{
    private protected override void Run(long from, long to) => kernel.Run(from, to);
}

/// <summary>A kernel over blocks of tensors, with what it reads and writes. A structure, unlike a closure, is not allocated.</summary>
internal interface IBlockKernel
{
    /// <summary>Computes the blocks from the first one to before the end.</summary>
    void Run(long from, long to);
}
