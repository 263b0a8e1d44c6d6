using System.Diagnostics;

namespace Peft.Declarative.Benchmarks;

/// <summary>This program in another process, for what belongs to a process: its peak memory, its waiting policy.</summary>
internal static class OwnProcess
{
    /// <summary>Starts it with variables and arguments.</summary>
    internal static Process Start(IEnumerable<KeyValuePair<string, string>> variables, params string[] arguments)
    {
        // Started as 'dotnet Benchmarks.dll', the process is dotnet, and the library is its first argument.
        string program = Environment.ProcessPath!;
        bool hosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, hosted ? [typeof(OwnProcess).Assembly.Location, .. arguments] : arguments) { RedirectStandardOutput = true };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs it, and gives what it writes.</summary>
    internal static string Output(IEnumerable<KeyValuePair<string, string>> variables, params string[] arguments)
    {
        using Process process = Start(variables, arguments);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
