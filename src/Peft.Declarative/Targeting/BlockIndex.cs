using System.Globalization;
using System.Text.RegularExpressions;

namespace Peft.Declarative.Targeting;

/// <summary>
/// Finds in which block of a list of blocks a layer stands: the number after the list's name, <c>3</c> in <c>model.layers.3.mlp.up_proj</c>.
/// Without names, the first list is meant, as in the reference implementation.
/// </summary>
internal sealed class BlockIndex
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex[] lists;

    internal BlockIndex(IReadOnlyList<string>? names) =>
        lists = (names is { Count: > 0 } ? names : ["[^.]*"]).Select(List).ToArray();

    /// <summary>Index of the block, or null for a layer outside of every block.</summary>
    internal int? Of(string path) => PlaceOf(path)?.Index;

    /// <summary>The list with what stands before it, and the index in it; null for a layer outside of every block.</summary>
    internal (string List, int Index)? PlaceOf(string path)
    {
        foreach (Regex list in lists)
        {
            // The leading dot lets a list at the root of the model match like one further down.
            Match match = list.Match("." + path);
            if (match.Success && int.TryParse(match.Groups["index"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                return (match.Value.Substring(0, match.Groups["index"].Index), index);
        }

        return null;
    }

    private static Regex List(string name) => new($@"\A.*?\.(?:{name})\.(?<index>\d+)\.", RegexOptions.CultureInvariant, Limit);
}
