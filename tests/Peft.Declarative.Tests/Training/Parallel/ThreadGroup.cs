using Peft.Declarative.Training.Parallel;

namespace Peft.Declarative.Tests.Training.Parallel;

/// <summary>A group whose processes are threads of this one.</summary>
internal sealed class ThreadGroup : ProcessGroup
{
    private readonly Meeting _meeting;

    private ThreadGroup(Meeting meeting, int rank) => (_meeting, Rank) = (meeting, rank);

    public override int Rank { get; }

    public override int Size => _meeting.Parts.Length;

    internal int Abandoned { get; private set; }

    /// <summary>Does the work of each process on a thread of its own with a model of its own, and returns what each gives, or raises.</summary>
    internal static (T? Result, Exception? Error)[] Run<T>(int size, Func<ThreadGroup, TinyTrainable, T> work)
    {
        // Not on the threads, because all of them draw from libtorch's one generator.
        TinyTrainable[] models = [.. Enumerable.Range(0, size).Select(_ => new TinyTrainable())];
        var meeting = new Meeting(size);
        var results = new (T? Result, Exception? Error)[size];
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = (work(new ThreadGroup(meeting, rank), models[rank]), null);
            }
            catch (Exception error)
            {
                results[rank] = (default, error);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(2)), "A process waits for the others."));
        Array.ForEach(models, model => model.Dispose());
        return results;
    }

    public override void AllReduce(Span<float> values)
    {
        _meeting.Parts[Rank] = values.ToArray();
        _meeting.All.SignalAndWait();
        values.Clear();
        foreach (float[] part in _meeting.Parts)
        {
            Assert.Equal(values.Length, part.Length);
            for (int i = 0; i < part.Length; i++)
            {
                values[i] += part[i];
            }
        }

        _meeting.All.SignalAndWait();
    }

    protected internal override void Abandon() => Abandoned++;

    private sealed class Meeting(int size)
    {
        internal float[][] Parts { get; } = new float[size][];

        internal Barrier All { get; } = new(size);
    }
}
