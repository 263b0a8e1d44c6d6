using System.Text.Json.Nodes;
using Spectre.Console;

namespace Peft.Declarative.App.Output;

/// <summary>The input and output streams of the program.</summary>
/// <param name="Out">The stream for results.</param>
/// <param name="Error">The stream for errors, one paragraph each.</param>
/// <param name="In">The stream for user input.</param>
/// <param name="IsLive">Whether the output is a terminal, which supports animated progress and colors.</param>
internal sealed record AppOutput(TextWriter Out, TextWriter Error, TextReader In, bool IsLive)
{
    // The line width for output to a file: sufficient for the longest parameter names.
    private const int FileWidth = 160;

    private IAnsiConsole? _console;

    /// <summary>The width of the terminal in characters; <see langword="null"/> for output to a file, where long names must fit.</summary>
    internal int? Width { get; init; }

    /// <summary>The console for tables and progress.</summary>
    internal IAnsiConsole Console => _console ??= NewConsole();

    /// <summary>Writes an object on one line.</summary>
    internal void Json(JsonObject value) => Out.WriteLine(value.ToJsonString());

    private IAnsiConsole NewConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Out),
            Ansi = IsLive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsLive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsLive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (Width is not null || !IsLive)
        {
            console.Profile.Width = Width ?? FileWidth;
        }

        return console;
    }
}
