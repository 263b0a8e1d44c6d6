namespace Peft.Declarative;

/// <summary>Base class of every error that this library raises on purpose. Its message says what is wrong, where, and what to do.</summary>
public class PeftException : Exception
{
    /// <summary>Creates an error with the id of its rule.</summary>
    /// <param name="id">Rule id such as <c>PEFT101</c>; the compiler uses the same id for the same text.</param>
    /// <param name="message">What is wrong, where, and what to do, with the user's own names and numbers. Control characters except line breaks are written as escapes.</param>
    /// <param name="inner">The error that caused this one, or null.</param>
    public PeftException(string id, string message, Exception? inner = null)
        : base(Plain(message), inner) => Id = id;

    /// <summary>Rule id such as <c>PEFT101</c>.</summary>
    public string Id { get; }

    // Messages quote untrusted files and are shown on consoles, which obey control characters.
    private static string Plain(string message) => message.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? message
        : string.Concat(message.Select(letter => char.IsControl(letter) && letter is not '\n' and not '\r' ? $"\\u{(int)letter:x4}" : letter.ToString()));
}
