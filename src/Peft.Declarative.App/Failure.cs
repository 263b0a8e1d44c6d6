using System.Runtime.InteropServices;
using Peft.Declarative.App.Output;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.App;

/// <summary>Reports an exception as one paragraph without a stack trace, and returns an exit code.</summary>
internal static class Failure
{
    internal static int Guard(AppOutput output, Func<int> action)
    {
        try
        {
            NativeStartup.EnsureLoaded();   // before an option such as --device loads TorchSharp, which would report a failure as a long list of paths
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

        // It names a type of .NET; what went wrong is inside.
        TypeInitializationException { InnerException: { } cause } => Paragraph(cause),

        // The message of libtorch contains its C++ stack from the second line on.
        ExternalException native => $"libtorch: {native.Message.Split('\n')[0].Trim()}",
        _ => $"{error.GetType().Name}: {OneLine(error.Message)}",
    };

    private static string OneLine(string text) =>
        string.Join(" ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    internal const int Success = 0;
    internal const int Failed = 1;
    internal const int BadArguments = 2;
}
