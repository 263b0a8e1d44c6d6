namespace Peft.Declarative.Text.Templates.Values;

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> of a dict give: iterable and countable, but without numbers.</summary>
/// <param name="Name">Which of the three.</param>
/// <param name="Dict">The dict.</param>
internal sealed record DictView(string Name, DictValue Dict)
{
    internal IEnumerable<object?> Items() => Name switch
    {
        "keys" => Dict.Entries.Select(entry => entry.Key),
        "values" => Dict.Entries.Select(entry => entry.Value),
        _ => Dict.Entries.Select(entry => (object?)new TupleValue([entry.Key, entry.Value])),
    };
}
