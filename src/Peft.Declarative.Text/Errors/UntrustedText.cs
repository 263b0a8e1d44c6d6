namespace Peft.Declarative.Text.Errors;

/// <summary>Text from untrusted files, made safe for a message on a console.</summary>
internal static class UntrustedText
{
    private const int MaxShown = 120;

    /// <summary>The text without control characters, cut after 120 characters.</summary>
    internal static string Shown(string text) => ShownUpTo(MaxShown, text);

    // Not an optional parameter of the other: a method group in a Select would then take the index for the limit.
    /// <summary>The text without control characters, cut after <paramref name="most"/> characters.</summary>
    internal static string ShownUpTo(int most, string text)
    {
        string cut = text.Length <= most ? text : text[..most] + "…";
        return string.Concat(cut.Select(letter => char.IsControl(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()));
    }
}
