namespace Peft.Declarative.Data.Files;

/// <summary>Unusable rows: all are counted, the first ones named.</summary>
/// <param name="namesFiles">Whether each is named with its file.</param>
internal sealed class BadRows(bool namesFiles)
{
    private const int MostNamed = 100;

    private readonly List<string> _first = [];

    internal long Count { get; private set; }

    internal IReadOnlyList<string> First => _first;

    internal void Add(string file, string unit, int number, string reason)
    {
        Count++;
        if (_first.Count < MostNamed)
        {
            _first.Add(namesFiles ? $"{unit} {number} of '{file}': {reason}" : $"{unit} {number}: {reason}");
        }
    }
}
