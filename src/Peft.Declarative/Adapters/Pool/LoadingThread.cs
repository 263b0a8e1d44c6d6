using System.Collections.Concurrent;

namespace Peft.Declarative.Adapters.Pool;

/// <summary>
/// The one thread on which pools load adapters. The allocator of the C library has memory for each thread, so adapters that come and go on many threads leave
/// gaps in all of them, and a process with the same adapters grows and grows.
/// </summary>
internal sealed class LoadingThread : TaskScheduler
{
    private static readonly TaskFactory Factory = new(new LoadingThread());

    private readonly BlockingCollection<Task> _tasks = [];

    private LoadingThread() => new Thread(Run) { IsBackground = true, Name = "peft adapters" }.Start();

    /// <summary>Runs what needs no other thread to go on, in the flow of the caller.</summary>
    internal static Task<T> RunAsync<T>(Func<T> load) => Factory.StartNew(load);

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => _tasks.Add(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [.. _tasks];

    private void Run()
    {
        foreach (Task task in _tasks.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
        }
    }
}
