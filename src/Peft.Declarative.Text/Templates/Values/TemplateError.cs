namespace Peft.Declarative.Text.Templates.Values;

/// <summary>An error while rendering; who evaluates adds the line. Its words are Python's where Python has words.</summary>
internal sealed class TemplateError(string reason, bool raisedByTemplate = false) : Exception(reason)
{
    internal bool RaisedByTemplate { get; } = raisedByTemplate;
}
