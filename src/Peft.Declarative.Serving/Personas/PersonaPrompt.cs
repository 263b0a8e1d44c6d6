namespace Peft.Declarative.Serving.Personas;

/// <summary>
/// A prompt, which depends on who answers: a persona that is a text is told the text before it. Which persona a name is, is decided where it is answered, because
/// the machines of a cluster need not have the same files.
/// </summary>
internal sealed class PersonaPrompt
{
    private readonly Func<string?, IReadOnlyList<int>>? _write;
    private Written? _last;   // replaced as a whole, because several texts of a request read it at once

    /// <summary>A prompt that can be written for any persona.</summary>
    /// <param name="write">Writes it after a text, or after none.</param>
    internal PersonaPrompt(Func<string?, IReadOnlyList<int>> write) => _write = write;

    /// <summary>A prompt that has been written for one persona.</summary>
    /// <param name="text">The text that it is told, or <see langword="null"/>.</param>
    /// <param name="ids">The tokens.</param>
    internal PersonaPrompt(string? text, IReadOnlyList<int> ids) => _last = new Written(text, ids);

    /// <summary>Whether a persona can answer it.</summary>
    /// <param name="text">The text that the persona is told, or <see langword="null"/>.</param>
    internal bool Fits(string? text) => _write is not null || _last!.Text == text;

    /// <summary>The tokens after a text, or after none.</summary>
    internal IReadOnlyList<int> After(string? text)
    {
        if (_last is not { } last || last.Text != text)
        {
            _last = last = new Written(text, (_write ?? throw new InvalidOperationException("The prompt is for another persona."))(text));
        }

        return last.Ids;
    }

    private sealed record Written(string? Text, IReadOnlyList<int> Ids);
}
