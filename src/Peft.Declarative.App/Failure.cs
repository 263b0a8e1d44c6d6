using System.Runtime.InteropServices;
using Peft.Declarative.App.Output;
using Peft.Declarative.Native;

namespace Peft.Declarative.App;

/// <summary>Turns exceptions into one paragraph and an exit code. A user of a program has no use for its stack.</summary>
internal static class Failure
{
    internal static int Guard(AppOutput output, Func<int> action)
    {
        try
        {
            NativeStartup.EnsureLoaded();   // before an option such as --device wakes TorchSharp, which explains itself in a page of paths
            return action();
        }
        catch (OperationCanceledException)
        {
            output.Error.WriteLine("Cancelled.");
            return ExitCode.Failed;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            output.Error.WriteLine(Paragraph(error));
            return ExitCode.Failed;
        }
    }

    private static string Paragraph(Exception error) => error switch
    {
        PeftException known => $"{known.Id}: {OneLine(known.Message)}",

        // libtorch's text carries its C++ stack from the second line on.
        ExternalException native => $"libtorch: {native.Message.Split('\n')[0].Trim()}",
        _ => $"{error.GetType().Name}: {OneLine(error.Message)}",
    };

    private static string OneLine(string text) =>
        string.Join(" ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    internal const int Success = 0;
    internal const int Failed = 1;
    internal const int BadArguments = 2;
}
