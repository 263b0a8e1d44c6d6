using Orleans.Runtime;

namespace Peft.Declarative.Orleans.Silos;

/// <summary>A silo as this one knows it.</summary>
/// <param name="address">Its address.</param>
/// <param name="name">Its name.</param>
/// <param name="report">What it has said last.</param>
internal sealed class SiloState(SiloAddress address, string name, SiloReport report)
{
    private int _sent;
    private int _sentBefore;

    internal SiloAddress Address => address;

    internal string Name => name;

    /// <summary>What it has said last.</summary>
    internal SiloReport Report { get; private set; } = report;

    /// <summary>When that was.</summary>
    internal long Reported { get; private set; } = TimeProvider.System.GetTimestamp();

    /// <summary>Whether it has another base model, whose personas cannot answer the prompts of this silo.</summary>
    internal bool IsForeign { get; set; }

    /// <summary>The number of requests that it has: those that it told of, with what this silo has sent since, and without what has ended since.</summary>
    internal int Load
    {
        get
        {
            int sent = Volatile.Read(ref _sent);
            return Math.Max(sent, Report.Load + sent - _sentBefore);
        }
    }

    internal void Update(SiloReport report) => (Report, Reported, _sentBefore) = (report, TimeProvider.System.GetTimestamp(), Volatile.Read(ref _sent));

    /// <summary>Counts a request that is sent there, until the result is disposed.</summary>
    internal IDisposable Send()
    {
        Interlocked.Increment(ref _sent);
        return new Sent(this);
    }

    private sealed class Sent(SiloState silo) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Interlocked.Decrement(ref silo._sent);
            }
        }
    }
}
