namespace Peft.Declarative.Data.Rows;

/// <summary>Determines what the rows have in common while they are read.</summary>
internal sealed class FormObserver
{
    private readonly HashSet<DataRowKind> _kinds = [];
    private string? _start;
    private string? _end;
    private int _shortest = int.MaxValue;

    /// <summary>The form of the rows; <see langword="null"/> if rows of several kinds are mixed.</summary>
    internal DataForm? Form => _kinds.Count > 1 ? null
        : _kinds.Contains(DataRowKind.Chat) ? new DataForm(DataRowKind.Chat)
        : _kinds.Contains(DataRowKind.Prompts) ? Prompts(Start(_start!), End(_end!))
        : new DataForm(DataRowKind.Text);

    internal void SeeText() => _kinds.Add(DataRowKind.Text);

    internal void SeeChat() => _kinds.Add(DataRowKind.Chat);

    internal void SeePrompt(string prompt)
    {
        _kinds.Add(DataRowKind.Prompts);
        _shortest = Math.Min(_shortest, prompt.Length);
        _start = _start is null ? prompt : _start[.._start.AsSpan().CommonPrefixLength(prompt)];
        _end = _end is null ? prompt : _end[^CommonSuffix(_end, prompt)..];
    }

    // If all prompts are the same, something must be left between the common parts.
    private DataForm Prompts(string start, string end) => new(DataRowKind.Prompts, start.Length + end.Length < _shortest ? start : "", end);

    // Prompts about one topic have words in common, too. Markup is recognized by its last characters: "### Question:\n", "Q: ", "[INST] ".
    private static string Start(string shared)
    {
        int last = shared.AsSpan().LastIndexOfAny(":]>#\n");
        if (last < 0)
        {
            return "";
        }

        int end = last + 1;
        while (end < shared.Length && char.IsWhiteSpace(shared[end]))
        {
            end++;
        }

        return shared[..end];
    }

    // From the first line break, or the last word if it is a label, or the white space at the end.
    private static string End(string shared)
    {
        int line = shared.IndexOf('\n', StringComparison.Ordinal);
        if (line >= 0)
        {
            return shared[line..];
        }

        int words = shared.TrimEnd().Length;
        if (words == 0 || !":]>#=→".Contains(shared[words - 1], StringComparison.Ordinal))
        {
            return shared[words..];
        }

        int label = words;
        while (label > 0 && !char.IsWhiteSpace(shared[label - 1]))
        {
            label--;
        }

        return shared[Math.Max(0, label - 1)..];
    }

    private static int CommonSuffix(string one, string other)
    {
        int count = 0;
        while (count < one.Length && count < other.Length && one[^(count + 1)] == other[^(count + 1)])
        {
            count++;
        }

        return count;
    }
}
