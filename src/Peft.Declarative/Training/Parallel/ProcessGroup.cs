namespace Peft.Declarative.Training.Parallel;

/// <summary>
/// Processes that train one model together (data parallelism): each computes the gradient of its own rows of a step, the gradients are summed in one
/// operation, and each takes the same optimizer step. <see cref="TrainingPlan.BatchSize"/> is that of one process, so a run of two processes gives the losses
/// of one process with twice the batch, up to dropout, whose masks differ between processes, and up to the order of summation.
/// </summary>
/// <remarks>
/// All processes are started with the same command, files and plan. The first one writes the files; the others only train. A process that fails must end: the
/// others wait for it until the program that started them ends them.
/// </remarks>
/// <example>
/// <code>
/// model.ChangePlan = plan => plan with { ProcessGroup = ProcessGroup.FromMpi() };   // mpirun -np 2 dotnet Persona.dll
/// </code>
/// </example>
public abstract class ProcessGroup
{
    /// <summary>The number of this process, from 0. The process with number 0 writes the files.</summary>
    public abstract int Rank { get; }

    /// <summary>The number of processes, at least 1 (PyTorch's world size).</summary>
    public abstract int Size { get; }

    /// <summary>Gets the group of a process that <c>mpirun</c> or <c>mpiexec</c> has started, of Open MPI, MPICH or Microsoft MPI.</summary>
    /// <returns>The group; <see langword="null"/> if the process was started without them, or alone.</returns>
    /// <exception cref="PeftException">PEFT905: the library of MPI cannot be loaded, or does not start.</exception>
    public static ProcessGroup? FromMpi() => MpiProcessGroup.Started.Value;

    /// <summary>Replaces each value by its sum over all processes. All call it in the same order with the same number of values. Waits for the others.</summary>
    /// <param name="values">The values of this process.</param>
    public abstract void AllReduce(Span<float> values);

    /// <summary>Notes that this process leaves a run before its end, so that it cannot take leave of the others properly.</summary>
    protected internal virtual void Abandon()
    {
    }
}
