using System.Diagnostics;

namespace Peft.Declarative.Tests.Hardening.Crashes;

/// <summary>This assembly started once more as a process of its own, which a test can end at any instant.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    internal ChildProcess(params string[] args)
        : this(new Dictionary<string, string?>(), args)
    {
    }

    /// <param name="environment">Variables that differ from those of this process; null for one that is not set.</param>
    /// <param name="args">The arguments.</param>
    internal ChildProcess(IReadOnlyDictionary<string, string?> environment, params string[] args)
        : this(DotNet, environment, ["exec", typeof(ChildProcess).Assembly.Location, .. args])
    {
    }

    private ChildProcess(string program, IReadOnlyDictionary<string, string?> environment, string[] args)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
    }

    private static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Starts the process after a command of the shell that limits it.</summary>
    internal static ChildProcess Limited(string limit, params string[] args) => new(
        "/bin/sh", new Dictionary<string, string?>(), ["-c", $"{limit}; exec \"$@\"", "sh", DotNet, "exec", typeof(ChildProcess).Assembly.Location, .. args]);

    /// <summary>Runs tests of this assembly in another process.</summary>
    internal static ChildProcess Tests(IReadOnlyDictionary<string, string?> environment, string filter) =>
        new(DotNet, environment, ["vstest", typeof(ChildProcess).Assembly.Location, $"--TestCaseFilter:{filter}"]);

    /// <summary>Starts this assembly in several processes of Open MPI.</summary>
    /// <param name="processes">How many.</param>
    /// <param name="args">The arguments of each.</param>
    internal static ChildProcess Mpi(int processes, params string[] args)
    {
        // Tests run as root in containers, on machines with fewer cores than processes, and without a network. mpirun gives each process a terminal, which .NET
        // would switch into its own mode by codes in the output.
        string[] options = ["-np", $"{processes}", "--oversubscribe", "--mca", "btl", "self,vader", "--mca", "orte_abort_print_stack", "0"];
        return new(
            "mpirun",
            new Dictionary<string, string?> { ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1", ["TERM"] = null },
            [.. options, DotNet, "exec", typeof(ChildProcess).Assembly.Location, .. args]);
    }

    internal int Id => _process.Id;

    /// <summary>The next line of output that begins like this, and null if the process ends without one.</summary>
    internal string? WaitFor(string beginning)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return line;
            }
        }

        return null;
    }

    /// <summary>The next line of output that begins like this; its absence is an error with what the process says.</summary>
    internal string Require(string beginning) => WaitFor(beginning) ?? throw new InvalidOperationException($"No '{beginning}': {Rest().Error}");

    /// <summary>What is left of the output, the errors, and the exit code.</summary>
    internal (int Code, string Out, string Error) Rest()
    {
        Task<string> error = _process.StandardError.ReadToEndAsync();
        string output = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return (_process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>Ends the process at once: it gets no chance to tidy up.</summary>
    internal void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
