namespace Peft.Declarative.Templates;

/// <summary>A chat template that cannot be read, fails while it is rendered, or refuses the conversation.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>Id of the rule that all these errors belong to.</summary>
    public const string Id = "PEFT506";

    private const int LongestReason = 1000;

    /// <summary>Makes an error at a line of the template.</summary>
    /// <param name="line">Line of the template, from 1.</param>
    /// <param name="reason">What is wrong there. The message has its first 1000 characters, without control characters but line breaks.</param>
    /// <param name="raisedByTemplate">Whether the template itself called <c>raise_exception</c>.</param>
    /// <param name="inner">What caused it, if something else failed first.</param>
    public TemplateException(int line, string reason, bool raisedByTemplate = false, Exception? inner = null)
        : base(
            raisedByTemplate ? $"The chat template refuses this conversation (line {line}): {Shown(reason)}" : $"Chat template, line {line}: {Shown(reason)}",
            inner)
    {
        Line = line;
        Reason = reason;
        RaisedByTemplate = raisedByTemplate;
    }

    /// <summary>Line of the template, from 1.</summary>
    public int Line { get; }

    /// <summary>What is wrong there, without the line.</summary>
    public string Reason { get; }

    /// <summary>Whether the template itself called <c>raise_exception</c>, as some do for roles they do not know.</summary>
    public bool RaisedByTemplate { get; }

    // The template may come from a stranger, and the message ends on a console.
    private static string Shown(string reason) => string.Concat((reason.Length <= LongestReason ? reason : reason[..LongestReason] + "…")
        .Select(letter => char.IsControl(letter) && letter != '\n' ? $"\\u{(int)letter:x4}" : letter.ToString()));
}
