using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>PEFT506: a chat template that cannot be read, fails while it is rendered, or refuses the conversation.</summary>
public sealed class TemplateException : PeftException
{
    private const int LongestReason = 1000;

    /// <summary>Creates an error at a line of the template.</summary>
    /// <param name="line">Line of the template, from 1.</param>
    /// <param name="reason">What is wrong there. The message contains its first 1000 characters, without control characters except line breaks.</param>
    /// <param name="raisedByTemplate">Whether the template itself called <c>raise_exception</c>.</param>
    /// <param name="inner">The error that caused this one, or null.</param>
    public TemplateException(int line, string reason, bool raisedByTemplate = false, Exception? inner = null)
        : base(RuleIds.TemplateUnusable, Text(line, reason.Length <= LongestReason ? reason : reason[..LongestReason] + "…", raisedByTemplate), inner)
    {
        Line = line;
        Reason = reason;
        RaisedByTemplate = raisedByTemplate;
    }

    /// <summary>Line of the template, from 1.</summary>
    public int Line { get; }

    /// <summary>What is wrong there, without the line.</summary>
    public string Reason { get; }

    /// <summary>Whether the template itself called <c>raise_exception</c>, as some do for roles that they do not support.</summary>
    public bool RaisedByTemplate { get; }

    private static string Text(int line, string reason, bool raisedByTemplate) => raisedByTemplate
        ? $"The chat template refuses this conversation (line {line}): {reason}"
        : $"Chat template, line {line}: {reason}";
}
