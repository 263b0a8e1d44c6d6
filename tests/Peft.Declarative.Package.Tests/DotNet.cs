using System.Diagnostics;

namespace Peft.Declarative.Package.Tests;

/// <summary>Runs the dotnet command as a user does.</summary>
internal static class DotNet
{
    internal static (int ExitCode, string Output) Run(string folder, string arguments, string? libtorch = null)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PEFT_LIBTORCH"] = libtorch ?? BuildFacts.LibtorchFolder;
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        // A test host hands its own settings down, which would make an inner build think that it is part of the outer one.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result + errors.Result);
    }
}
