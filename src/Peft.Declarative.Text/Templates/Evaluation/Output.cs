using System.Text;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>The output of statements. Parts can be captured instead, as the bodies of macros are.</summary>
internal sealed class Output(Budget budget)
{
    private readonly List<TemplateSpan> generated = [];
    private readonly Stack<StringBuilder> outer = new();
    private StringBuilder current = new();

    /// <summary>Parts of the final text that generation blocks wrote, in their order.</summary>
    internal IReadOnlyList<TemplateSpan> Generated => generated;

    internal void Write(string text)
    {
        budget.RequireText((long)current.Length + text.Length);
        budget.Charge(text.Length / Budget.CharactersPerStep);
        current.Append(text);
    }

    /// <summary>Captures the text that <paramref name="write"/> writes, and how it ended.</summary>
    internal (string Written, Flow Flow) Capture(Func<Flow> write)
    {
        outer.Push(current);
        current = new StringBuilder();
        try
        {
            Flow flow = write();
            return (current.ToString(), flow);
        }
        finally
        {
            current = outer.Pop();
        }
    }

    /// <summary>Records what <paramref name="write"/> writes as generated, if it is written to the final text directly.</summary>
    internal void WriteGenerated(Action write)
    {
        int start = current.Length;
        write();
        if (outer.Count == 0)
        {
            generated.Add(new TemplateSpan(start, current.Length));
        }
    }

    public override string ToString() => current.ToString();
}
