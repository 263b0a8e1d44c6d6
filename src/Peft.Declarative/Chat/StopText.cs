namespace Peft.Declarative.Chat;

/// <summary>
/// Cuts a text that comes in pieces before the first of some stop sequences. The end of what has come is held back as long as it may be the
/// beginning of one.
/// </summary>
internal sealed class StopText(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether a stop sequence has come; nothing after it is shown.</summary>
    internal bool Found { get; private set; }

    /// <summary>Takes a piece and gives what can be shown now.</summary>
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

    /// <summary>Ends the text and gives what was held back.</summary>
    internal string Complete() => Found ? "" : Take(_held.Length);

    // How many characters at the end may be the beginning of a stop sequence.
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
