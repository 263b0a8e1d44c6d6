namespace Peft.Declarative;

/// <summary>Root of every error that this library raises on purpose. Its text says what is wrong, where, and what to do.</summary>
public class PeftException : Exception
{
    /// <summary>Makes an error that carries the id of its rule.</summary>
    /// <param name="id">Rule id such as <c>PEFT101</c>; the same id stands for the same text at compile time.</param>
    /// <param name="message">What is wrong, where, and what to do, with the user's own names and numbers. Control characters but line breaks are written out.</param>
    /// <param name="inner">What caused it, if something else failed first.</param>
    public PeftException(string id, string message, Exception? inner = null)
        : base(Plain(message), inner) => Id = id;

    /// <summary>Rule id such as <c>PEFT101</c>.</summary>
    public string Id { get; }

    // Messages quote files of strangers and end on consoles, to which control characters are commands.
    private static string Plain(string message) => message.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? message
        : string.Concat(message.Select(letter => char.IsControl(letter) && letter is not '\n' and not '\r' ? $"\\u{(int)letter:x4}" : letter.ToString()));
}
