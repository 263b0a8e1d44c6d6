using System.Buffers.Binary;
using System.Text;

namespace Peft.Declarative.Tests.Text;

/// <summary>Writes SentencePiece's compiled character maps: a double-array trie placed by trying, and the replacements.</summary>
internal static class CharsMapWriter
{
    private const uint LabelBits = 0x8000_00FF;

    internal static byte[] Write(IReadOnlyList<(string From, string To)> entries)
    {
        var units = new uint?[1024];
        List<byte> replacements = [];
        List<(byte[] Key, uint Value)> keys = [];
        foreach ((string from, string to) in entries)
        {
            keys.Add((Encoding.UTF8.GetBytes(from), (uint)replacements.Count));
            replacements.AddRange(Encoding.UTF8.GetBytes(to));
            replacements.Add(0);
        }

        units[0] = 0;
        Place(units, 0, keys, depth: 0);
        int used = Array.FindLastIndex(units, unit => unit is not null) + 1;
        var data = new byte[4 + 4 * used + replacements.Count];
        BinaryPrimitives.WriteUInt32LittleEndian(data, (uint)(4 * used));
        for (int i = 0; i < used; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4 + 4 * i), units[i] ?? LabelBits);
        }

        replacements.CopyTo(data, 4 + 4 * used);
        return data;
    }

    // A node's children are at base ^ label; the value of a key that ends here is at the base itself.
    private static void Place(uint?[] units, uint node, List<(byte[] Key, uint Value)> keys, int depth)
    {
        byte[] labels = [.. keys.Where(key => key.Key.Length > depth).Select(key => key.Key[depth]).Distinct()];
        bool ends = keys.Any(key => key.Key.Length == depth);
        uint start = 1;
        while (node == start || units[start] is not null || labels.Any(label => units[start ^ label] is not null))
        {
            start++;
        }

        units[start] ??= LabelBits;
        units[node] = units[node] | ((node ^ start) << 10) | (ends ? 1u << 8 : 0);
        if (ends)
        {
            units[start] = 0x8000_0000 | keys.Single(key => key.Key.Length == depth).Value;
        }

        foreach (byte label in labels)
        {
            units[start ^ label] = label;
        }

        foreach (byte label in labels)
        {
            Place(units, start ^ label, [.. keys.Where(key => key.Key.Length > depth && key.Key[depth] == label)], depth + 1);
        }
    }
}
