using System.Text;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>The output of statements. Parts can be captured instead, as the bodies of macros are.</summary>
internal sealed class Output(Budget budget)
{
    private readonly List<TemplateSpan> _generated = [];
    private readonly Stack<StringBuilder> _outer = new();
    private StringBuilder _current = new();

    /// <summary>Parts of the final text that generation blocks wrote, in their order.</summary>
    internal IReadOnlyList<TemplateSpan> Generated => _generated;

    internal void Write(string text)
    {
        budget.RequireText((long)_current.Length + text.Length);
        budget.Charge(text.Length / Budget.CharactersPerStep);
        _current.Append(text);
    }

    /// <summary>Captures the text that <paramref name="write"/> writes, and how it ended.</summary>
    internal (string Written, Flow Flow) Capture(Func<Flow> write)
    {
        _outer.Push(_current);
        _current = new StringBuilder();
        try
        {
            Flow flow = write();
            return (_current.ToString(), flow);
        }
        finally
        {
            _current = _outer.Pop();
        }
    }

    /// <summary>Records what <paramref name="write"/> writes as generated, if it is written to the final text directly.</summary>
    internal void WriteGenerated(Action write)
    {
        int start = _current.Length;
        write();
        if (_outer.Count == 0)
        {
            _generated.Add(new TemplateSpan(start, _current.Length));
        }
    }

    public override string ToString() => _current.ToString();
}
