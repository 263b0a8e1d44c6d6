using System.Diagnostics;

namespace Peft.Declarative.Tests.Hardening.Fuzzing;

/// <summary>Gives a parser damaged files, and watches what it does: an error of this library or success, in bounded time and memory.</summary>
internal sealed class FuzzRun(FuzzTarget target, int inputs, int seed, int first = 0)
{
    /// <summary>Stack of the reading thread: the smallest that .NET gives threads on any system, so that depth which fits here fits anywhere.</summary>
    private const int StackBytes = 1 << 20;

    private const int ShownBytes = 400;

    /// <summary>Most bytes by which the process may grow at any time while it reads: what inputs take outside of the managed heap, tensors above all.</summary>
    private const long MostGrowth = 1L << 30;

    /// <summary>Looking at the process takes longer than reading many an input.</summary>
    private const int InputsBetweenLooks = 16;

    /// <summary>Longest time for one input. Far above what any takes: it is to find endless loops, on a busy machine too.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private readonly Mutator _mutator = new(target.Seeds, target.Words);
    private readonly FuzzReport _report = new();
    private long _startedAt = Stopwatch.GetTimestamp();
    private int _number = -1;
    private long _sizeAtStart;

    /// <summary>Runs all inputs.</summary>
    internal FuzzReport Go()
    {
        long start = Stopwatch.GetTimestamp();
        var reader = new Thread(ReadAll, StackBytes) { IsBackground = true };
        reader.Start();
        while (!reader.Join(TimeSpan.FromMilliseconds(200)))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _startedAt)) > Hang)
            {
                // The thread cannot be stopped; it ends with the process.
                return Failed(_number, $"is still being read after {Hang.TotalSeconds:F0} s");
            }
        }

        _report.Time = Stopwatch.GetElapsedTime(start);
        return _report;
    }

    private void ReadAll()
    {
        if (!SeedsAreRead())
        {
            return;
        }

        _sizeAtStart = PeakSize();
        for (int i = first; i < first + inputs && !_report.IsHopeless; i++)
        {
            Read(i, _mutator.Input(i, seed));
            if (i % InputsBetweenLooks == 0)
            {
                CheckSize(i);
            }
        }
    }

    // A refused seed would make a run that tests nothing.
    private bool SeedsAreRead()
    {
        try
        {
            target.Seeds.ToList().ForEach(target.Read);
            return true;
        }
        catch (Exception error)
        {
            Failed(-1, $"(a seed) ends in {error}");
            return false;
        }
    }

    private void Read(int number, byte[] input)
    {
        target.Begin(number);
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        _number = number;
        bool refused = false;
        long tensors = LiveTensors.OfThisThread;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Read(input);
        }
        catch (Exception error) when (error is PeftException or TemplateException)
        {
            refused = true;
            CheckWords(number, error);
        }
        catch (Exception error)
        {
            Failed(number, $"ends in {error}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        _report.Count(refused, !refused || target.IsWellFormed(input), Stopwatch.GetElapsedTime(_startedAt), allocated);
        if (allocated > target.AllocationLimit(input.Length))
        {
            Failed(number, $"of {input.Length:N0} bytes takes {allocated:N0} bytes, more than {target.AllocationLimit(input.Length):N0}");
        }

        if (LiveTensors.OfThisThread - tensors is > 0 and var left)
        {
            Failed(number, $"leaves {left} tensors to the collector");
        }
    }

    private void CheckSize(int number)
    {
        if (PeakSize() - _sizeAtStart is > MostGrowth and var growth)
        {
            _sizeAtStart += growth;
            Failed(number, $"or one of the {InputsBetweenLooks} before it made the process grow by {growth:N0} bytes, more than {MostGrowth:N0}");
        }
    }

    private static long PeakSize()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    // Whatever a stranger's file holds, it does not get to write pages or control characters on the user's console.
    private void CheckWords(int number, Exception error)
    {
        const int LongestMessage = 5000;
        bool plain = !error.Message.Any(letter => char.IsControl(letter) && letter is not '\n' and not '\r');
        if (error.Message.Length is 0 or > LongestMessage || !plain)
        {
            Failed(number, $"is refused in {error.Message.Length:N0} characters{(plain ? "" : ", some of them control characters")}: {error.Message}");
        }
    }

    private FuzzReport Failed(int number, string problem)
    {
        byte[] input = number < 0 ? [] : _mutator.Input(number, seed);
        string shown = System.Text.Encoding.Latin1.GetString(input.AsSpan(0, Math.Min(input.Length, ShownBytes)));
        string kept = Path.Combine(Path.GetTempPath(), $"peft-fuzz-{target.Name}-{seed}-{number}");
        File.WriteAllBytes(kept, input);
        _report.Failures.Add($"{target.Name}, input {number} of seed {seed} (kept as {kept}) {problem}\n{shown}");
        return _report;
    }
}
