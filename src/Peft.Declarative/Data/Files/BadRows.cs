namespace Peft.Declarative.Data.Files;

/// <summary>Counts unusable rows and describes the first ones.</summary>
/// <param name="namesFiles">Whether each description includes the file.</param>
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
