namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>All pieces of a vocabulary by their characters, to find at once which of them begin at a position of a text.</summary>
internal sealed class TokenTrie
{
    private readonly Dictionary<long, int> _children = [];
    private readonly List<int> _values = [-1];

    /// <summary>Adds a piece; a second one with the same text replaces the first.</summary>
    internal void Add(string piece, int value)
    {
        int node = 0;
        foreach (char c in piece)
        {
            long key = Key(node, c);
            if (!_children.TryGetValue(key, out int child))
            {
                child = _values.Count;
                _children[key] = child;
                _values.Add(-1);
            }

            node = child;
        }

        _values[node] = value;
    }

    /// <summary>The node one character further, or -1. The root is 0.</summary>
    internal int Child(int node, char c) => _children.TryGetValue(Key(node, c), out int child) ? child : -1;

    /// <summary>Value of the piece that ends at the node, or -1.</summary>
    internal int Value(int node) => _values[node];

    private static long Key(int node, char c) => ((long)node << 16) | c;
}
