namespace Peft.Declarative.Chat;

/// <summary>
/// Truncates a text that is received in pieces before the first stop sequence. The end of the received text is held back while it can be the
/// beginning of one.
/// </summary>
internal sealed class StopText(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether a stop sequence was received. Nothing after it is returned.</summary>
    internal bool Found { get; private set; }

    /// <summary>Adds a piece and returns the text that can be shown now.</summary>
    internal string Add(string piece)
    {
        if (Found)
        {
            return "";
        }

        _held += piece;
        int[] places = [.. stops.Select(stop => _held.IndexOf(stop, StringComparison.Ordinal)).Where(place => place >= 0)];
        if (places.Length > 0)
        {
            Found = true;
            return Take(places.Min());
        }

        return Take(_held.Length - stops.Select(Begun).DefaultIfEmpty(0).Max());
    }

    /// <summary>Ends the text and returns the rest.</summary>
    internal string Complete() => Found ? "" : Take(_held.Length);

    // The number of characters at the end that can be the beginning of a stop sequence.
    private int Begun(string stop)
    {
        int length = Math.Min(stop.Length - 1, _held.Length);
        while (length > 0 && !_held.EndsWith(stop[..length], StringComparison.Ordinal))
        {
            length--;
        }

        return Math.Max(0, length);
    }

    private string Take(int length)
    {
        string shown = _held[..length];
        _held = _held[length..];
        return shown;
    }
}
