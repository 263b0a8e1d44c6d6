using System.Globalization;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Training.Parallel;

/// <summary>The processes that mpirun has started.</summary>
internal sealed class MpiProcessGroup : ProcessGroup
{
    private readonly MpiLibrary _library;
    private bool _abandoned;

    private MpiProcessGroup(MpiLibrary library)
    {
        _library = library;
        (Rank, Size) = library.Start();

        // A process that takes leave waits until all do, and one that failed would wait for those that wait for it. Without it, mpirun ends them all.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (!_abandoned && Environment.ExitCode == 0)
            {
                _library.Finish();
            }
        };
    }

    /// <summary>The group of this process: MPI can be started once.</summary>
    internal static Lazy<MpiProcessGroup?> Started { get; } = new(() => MpiKind.OfThisProcess() is { } kind ? new MpiProcessGroup(MpiLibrary.Load(kind)) : null);

    public override int Rank { get; }

    public override int Size { get; }

    public override void AllReduce(Span<float> values) => _library.AllReduce(values);

    protected internal override void Abandon() => _abandoned = true;
}

/// <summary>An implementation of MPI. They agree on functions, but not on the values of constants.</summary>
/// <param name="Name">The name for messages.</param>
/// <param name="SizeVariable">The environment variable in which it tells each process how many there are.</param>
/// <param name="Libraries">The names of its library, the first choice first.</param>
/// <param name="InPlace">The value of MPI_IN_PLACE.</param>
internal sealed record MpiKind(string Name, string SizeVariable, string[] Libraries, nint InPlace)
{
    internal static readonly MpiKind Open = new("Open MPI", "OMPI_COMM_WORLD_SIZE", ["libmpi.so.40", "libmpi.40.dylib", "libmpi.so", "libmpi.dylib"], 1);

    internal static readonly MpiKind Mpich = new(
        OperatingSystem.IsWindows() ? "Microsoft MPI" : "MPICH", "PMI_SIZE", ["msmpi.dll", "libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib"], -1);

    /// <summary>The implementation that started this process beside others.</summary>
    internal static MpiKind? OfThisProcess() => Array.Find(
        [Open, Mpich],
        kind => int.TryParse(Environment.GetEnvironmentVariable(kind.SizeVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 1);

    internal PeftException Unusable(string reason) => new(RuleIds.MpiUnusable,
        $"This process was started by {Name} beside others, but cannot join them: {reason.TrimEnd('.')}. Install the library of {Name}, or start the program without it.");
}
