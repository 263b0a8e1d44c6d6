using System.Diagnostics;

namespace MethodStudy.Study;

/// <summary>A trial in a process of its own, so that its peak memory is not that of another.</summary>
internal static class TrialProcess
{
    /// <summary>The argument that makes this program do one trial.</summary>
    internal const string Argument = "--trial";

    // Whose voice the table is made with; the learning rates are searched with another.
    private const string Persona = "captain";
    private const int StepRounds = 3;

    /// <summary>Starts one and waits for it.</summary>
    /// <param name="name">Short name of a candidate, or <see cref="Prompting.Name"/>.</param>
    /// <param name="baseDirectory">The base.</param>
    /// <param name="path">File that receives the measurement.</param>
    /// <exception cref="InvalidOperationException">The process failed; what it said is on the console.</exception>
    internal static Measurement Start(string name, string baseDirectory, string path)
    {
        using Process process = Process.Start(Environment.ProcessPath!, [Argument, name, baseDirectory, path]);
        process.WaitForExit();
        return process.ExitCode == 0 ? Measurement.Read(path) : throw new InvalidOperationException($"The trial of '{name}' ended with code {process.ExitCode}.");
    }

    /// <summary>What the started process does.</summary>
    internal static void Run(string name, string baseDirectory, string path)
    {
        var room = new Classroom(baseDirectory, Persona);
        Measurement measured = name == Prompting.Name ? Prompting.Run(room) : new Trial(Candidates.Of(name), room).Run(StepRounds);
        measured.Write(path);
    }
}
