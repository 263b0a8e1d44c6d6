using System.Runtime.CompilerServices;
using Peft.Declarative.Chat;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Serving.Personas;

/// <summary>Generates the texts of the program's own chat clients: each waits for a place, and ends as a stream of the library does.</summary>
internal sealed class ChatStream(ITextSource texts, PersonaStore store)
{
    /// <inheritdoc cref="TextStream"/>
    internal async IAsyncEnumerable<string> RunAsync(
        ChatPrompt prompt, GenerationOptions settings, string? adapter, Action<StreamEnd> end, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string model = adapter ?? store.BaseName;
        if (!texts.Has(model))
        {
            throw new PeftException(RuleIds.NoSuchAdapter, $"No persona has the name '{model}'. {PersonaName.Meant(model, [.. texts.Personas, store.BaseName])}");
        }

        var written = new PersonaPrompt(text => prompt.Write(text is null ? prompt.Conversation : TextPersonas.Before(prompt.Conversation, text)));
        await using ITextTurn turn = await texts.EnterAsync(new TextJob(model, written, settings), cancellation).ConfigureAwait(false)
            ?? throw new PeftException(RuleIds.ModelInUse, FormattableString.Invariant($"{texts.Waiting} requests wait already. Try again later, or raise QueueLength."));
        await foreach ((_, TextPiece? piece) in turn.GenerateAsync((_, done) => end(new StreamEnd(done.Tokens, done.ReachedLimit)), cancellation).ConfigureAwait(false))
        {
            if (piece is not null)
            {
                yield return piece.Text;
            }
        }
    }
}
