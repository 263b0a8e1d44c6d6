using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Peft.Declarative.Serving.Personas;

/// <summary>The texts of one request, which are generated at once.</summary>
internal static class Choices
{
    /// <summary>Generates texts and gives their pieces as they come. If one fails, the others end too. All have ended when the enumeration does.</summary>
    /// <param name="choices">The indices of the texts.</param>
    /// <param name="generate">Generates the text of an index.</param>
    /// <param name="cancellation">Ends the texts.</param>
    /// <returns>The index and a piece of its text; <see langword="null"/> after the last piece.</returns>
    internal static async IAsyncEnumerable<(int Choice, TextPiece? Piece)> RunAsync(
        IReadOnlyList<int> choices, Func<int, CancellationToken, IAsyncEnumerable<TextPiece>> generate, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pieces = Channel.CreateUnbounded<(int, TextPiece?)>(new UnboundedChannelOptions { SingleReader = true });
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int running = choices.Count;
        Task all = Task.WhenAll(choices.Select(OneAsync));
        try
        {
            await foreach ((int, TextPiece?) piece in pieces.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return piece;
            }
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            await all.ConfigureAwait(false);
        }

        async Task OneAsync(int choice)
        {
            try
            {
                await foreach (TextPiece piece in generate(choice, left.Token).ConfigureAwait(false))
                {
                    pieces.Writer.TryWrite((choice, piece));
                }

                pieces.Writer.TryWrite((choice, null));
                if (Interlocked.Decrement(ref running) == 0)
                {
                    pieces.Writer.TryComplete();
                }
            }
            catch (Exception error)
            {
                pieces.Writer.TryComplete(error);
                await left.CancelAsync().ConfigureAwait(false);
            }
        }
    }
}
