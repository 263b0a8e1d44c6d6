using System.Collections.Concurrent;
using System.Diagnostics;

namespace MethodStudy.Study;

/// <summary>A trial in a process of its own, so that its peak memory is not that of another.</summary>
internal static class TrialProcess
{
    /// <summary>The argument that makes this program do one trial.</summary>
    internal const string Argument = "--trial";

    /// <summary>Whose voice the table is made with; the learning rates are searched with another.</summary>
    internal const string Persona = "captain";

    // A base this small gains little from a second core, so each trial has one, and there are as many at a time as there are cores.
    private const string Threads = "1";

    /// <summary>Runs trials, as many at a time as there are cores.</summary>
    /// <param name="orders">The trials; the first starts first.</param>
    /// <param name="done">Is told of each that has ended, one at a time.</param>
    /// <exception cref="AggregateException">A process failed; what it said is on the console.</exception>
    internal static void RunAll(IEnumerable<TrialOrder> orders, Action<Measurement> done)
    {
        var telling = new Lock();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(OneByOne(orders), limits, order =>
        {
            Measurement measured = Start(order);
            lock (telling)
            {
                done(measured);
            }
        });
    }

    /// <summary>What the started process does.</summary>
    internal static void Run(TrialOrder order)
    {
        var room = new Classroom(order.BaseDirectory, Persona);
        Measurement measured = order.Name == Prompting.Name ? Prompting.Run(room) : new Trial(Candidates.Of(order.Name), room).Run();
        measured.Write(order.Path);
    }

    // In chunks of one, so that no core waits while another still has trials before it.
    private static OrderablePartitioner<TrialOrder> OneByOne(IEnumerable<TrialOrder> orders) =>
        Partitioner.Create(orders, EnumerablePartitionerOptions.NoBuffering);

    private static Measurement Start(TrialOrder order)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Argument, order.Name, order.BaseDirectory, order.Path]);
        start.Environment["OMP_NUM_THREADS"] = Threads;
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0
            ? Measurement.Read(order.Path)
            : throw new InvalidOperationException($"The trial of '{order.Name}' ended with code {process.ExitCode}.");
    }
}
