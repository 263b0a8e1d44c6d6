namespace Peft.Declarative.Tests.Hardening.Fuzzing;

/// <summary>What a parser did with many inputs.</summary>
internal sealed class FuzzReport
{
    private const int MostFailures = 5;

    internal int Inputs { get; private set; }

    internal int Accepted => Inputs - Refused - Malformed;

    /// <summary>Inputs that are refused for what they say.</summary>
    internal int Refused { get; private set; }

    /// <summary>Inputs that are refused and break the syntax of their format already: these test little more than the reader of that.</summary>
    internal int Malformed { get; private set; }

    internal TimeSpan Slowest { get; private set; }

    internal long MostAllocated { get; private set; }

    internal TimeSpan Time { get; set; }

    /// <summary>Inputs by number, each with what happened that must not.</summary>
    internal List<string> Failures { get; } = [];

    internal bool IsHopeless => Failures.Count >= MostFailures;

    internal void Count(bool refused, bool wellFormed, TimeSpan time, long allocated)
    {
        Inputs++;
        Refused += refused && wellFormed ? 1 : 0;
        Malformed += refused && !wellFormed ? 1 : 0;
        Slowest = time > Slowest ? time : Slowest;
        MostAllocated = Math.Max(MostAllocated, allocated);
    }
}
