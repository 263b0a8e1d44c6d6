using System.Diagnostics;

namespace Peft.Declarative.Orleans.Tests.Membership;

/// <summary>A program of this machine that serves a store of memberships. Nothing is installed: without it, the tests that need it are skipped.</summary>
internal static class ServerProgram
{
    /// <summary>The path of a program; <see langword="null"/> if the machine has none.</summary>
    internal static string? Find(string name)
    {
        // Debian has PostgreSQL's programs in a folder of their version.
        const string Versions = "/usr/lib/postgresql";
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(Directory.Exists(Versions) ? Directory.GetDirectories(Versions).Select(version => Path.Combine(version, "bin")).OrderDescending(StringComparer.Ordinal) : []);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts a program.</summary>
    internal static Process Start(string program, params IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Runs a program to its end.</summary>
    internal static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + await errors);
    }
}
