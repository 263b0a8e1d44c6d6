using System.Collections.Concurrent;
using System.Diagnostics;
using System.Numerics;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Machine;

/// <summary>
/// Work of one kind and class of sizes on the CPU, of generation or, if the user asks for it, of training. Its pieces run on the number of threads that <see cref="ThreadTrial"/> finds fastest under the present load:
/// small products gain nothing from a second thread, and on a busy machine threads wait for each other.
/// </summary>
/// <remarks>
/// A number that the user has set stays: OMP_NUM_THREADS, MKL_NUM_THREADS, <c>torch.set_num_threads</c>, or <c>PEFT_PROBE=off</c>, which keeps libtorch's own. On
/// another number, the last bits can differ: MKL has other kernels for some small products, and a sum of more than 32,768 elements into one (ATen's GRAIN_SIZE)
/// is added in another order.
/// </remarks>
internal sealed class ThreadedWork
{
    private const double LeastSample = 0.06;   // seconds: many time slices of the scheduler
    private const int WarmUp = 2;              // samples, in which code is compiled and memory is first used

    private static readonly ConcurrentDictionary<(WorkKind Kind, int Rows, int Width), ThreadedWork> Works = new();

    private readonly Lock _gate = new();
    private readonly ThreadTrial _trial;
    private double _seconds;   // of the open sample
    private long _units;
    private int _count;

    private ThreadedWork(WorkKind kind, int rows, int width)
    {
        MachineSpeed speed = MachineProbe.Of(rows, width);
        _trial = new ThreadTrial(speed.Counts, speed.Fastest, speed.IsClear ? ThreadTrial.LeastRest : WarmUp);
        _count = _trial.Count;
    }

    /// <summary>The number of threads that was fastest.</summary>
    internal int Threads => _trial.Best;

    /// <summary>The work of a kind, with sizes in the same class.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="rows">The number of rows of its products.</param>
    /// <param name="width">The number of their columns.</param>
    internal static ThreadedWork Of(WorkKind kind, long rows, long width) =>
        Works.GetOrAdd((kind, Class(rows), Class(width)), static key => new ThreadedWork(key.Kind, 1 << key.Rows, 1 << key.Width));

    /// <summary>Begins a piece of work on the calling thread, which ends when the result is disposed. Inside another piece it changes nothing.</summary>
    internal static Piece Begin(WorkKind kind, long rows, long width, Device device) =>
        device.type == DeviceType.CPU && OpenMpThreads.IsFree && OpenMpThreads.Most > 1 ? Of(kind, rows, width).Begin(rows) : default;

    private static int Class(long size) => BitOperations.Log2((ulong)Math.Max(1, size));

    private Piece Begin(long units)
    {
        int count = _count;
        if (count != OpenMpThreads.Most)
        {
            OpenMpThreads.Use(count);
        }

        return new Piece(this, units, count, Stopwatch.GetTimestamp());
    }

    private void End(long units, int count, double seconds)
    {
        lock (_gate)
        {
            if (count != _count)
            {
                return;   // it began on another thread, before the number changed
            }

            _units += units;
            _seconds += seconds;
            if (_seconds >= LeastSample)
            {
                _trial.Add(_seconds / _units);
                (_seconds, _units, _count) = (0, 0, _trial.Count);
            }
        }
    }

    /// <summary>A piece that is being done.</summary>
    internal readonly struct Piece(ThreadedWork? work, long units, int count, long start) : IDisposable
    {
        public void Dispose()
        {
            if (work is null)
            {
                return;
            }

            if (count != OpenMpThreads.Most && get_num_threads() == count)
            {
                OpenMpThreads.Use(OpenMpThreads.Most);
            }

            work.End(units, count, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }
}

/// <summary>What is done with a model.</summary>
internal enum WorkKind
{
    /// <summary>A forward pass without gradients.</summary>
    Forward,

    /// <summary>A training step.</summary>
    Step,
}
