namespace Peft.Declarative.Checkpoints;

/// <summary>Names that come from files of strangers, made fit for a message on a console.</summary>
internal static class ForeignText
{
    private const int MaxShown = 120;

    /// <summary>The text without control characters, cut after 120 characters or as many as are asked for.</summary>
    internal static string Shown(string text, int most = MaxShown)
    {
        string cut = text.Length <= most ? text : text[..most] + "…";
        return string.Concat(cut.Select(letter => char.IsControl(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()));
    }
}
