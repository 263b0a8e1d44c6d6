using System.Text.Json.Nodes;
using Spectre.Console;

namespace Peft.Declarative.App.Output;

/// <summary>Where a program writes to and reads from.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Errors, one paragraph each.</param>
/// <param name="In">What a user types.</param>
/// <param name="IsLive">Whether somebody watches: progress may move, and text may have colours.</param>
internal sealed record AppOutput(TextWriter Out, TextWriter Error, TextReader In, bool IsLive)
{
    // A file has no width; this one holds the longest parameter names without a break.
    private const int FileWidth = 160;

    private IAnsiConsole? _console;

    /// <summary>For tables and progress.</summary>
    internal IAnsiConsole Console => _console ??= NewConsole();

    /// <summary>One object on one line.</summary>
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
        if (!IsLive)
        {
            console.Profile.Width = FileWidth;
        }

        return console;
    }
}
