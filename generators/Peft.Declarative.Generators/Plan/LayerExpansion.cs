using System.Globalization;
using System.Text.RegularExpressions;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>
/// Writes the tree out as the layers of a real model. Where the number of blocks is not known, as many are assumed as the declaration mentions,
/// and one more: enough to tell layers that are named from those that are not. The true number is checked while attaching.
/// </summary>
internal sealed class LayerExpansion
{
    private const int FewestAssumed = 2;
    private const int MostAssumed = 512;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tied = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uncertain = new(StringComparer.Ordinal);

    internal LayerExpansion(ModuleTreeSpec tree, ConfigSizes sizes, IEnumerable<string> mentions)
    {
        Sizes = sizes;
        int assumed = Assumed(mentions);
        foreach (BlockListSpec list in tree.Lists)
        {
            int? known = sizes.Count(list.CountField);
            IsExact &= known is not null;
            _counts[list.Path] = known ?? assumed;
        }

        Layers = tree.Layers.SelectMany(layer => Expand(layer, sizes)).ToList();
    }

    /// <summary>Whether every list's number of blocks is known.</summary>
    internal bool IsExact { get; } = true;

    internal IReadOnlyList<ExpandedLayer> Layers { get; }

    /// <summary>The sizes that the layers were written out with.</summary>
    internal ConfigSizes Sizes { get; }

    /// <summary>The blocks that a place of the tree stands in: an index for each list on its path.</summary>
    internal IEnumerable<int[]> IndicesOf(TreeLayer place) => Indices(Lists(place.Path));

    /// <summary>Whether only the config tells that a layer of the tree exists, and there is none.</summary>
    internal bool MayBeMissing(TreeLayer layer) => _uncertain.Contains(layer.Path);

    /// <summary>Whether a layer's weight is another layer's, as far as the config is known.</summary>
    internal bool IsTied(TreeLayer layer) => _tied.Contains(layer.Path);

    /// <summary>How often a layer of the tree occurs in the model.</summary>
    internal int Occurrences(TreeLayer layer) => Lists(layer.Path).Aggregate(1, (product, list) => product * _counts[list]);

    private IEnumerable<ExpandedLayer> Expand(TreeLayer layer, ConfigSizes sizes)
    {
        bool? exists = sizes.Holds(layer.When);
        if (exists == false) yield break;
        if (exists is null) _uncertain.Add(layer.Path);
        if (layer.TiedBy.Length > 0 && sizes.Flag(layer.TiedBy)) _tied.Add(layer.Path);

        // A table's weight is [rows, width], and what goes in are rows.
        bool table = layer.Kind == LayerKind.Embedding;
        long output = sizes.Product(table ? layer.Input : layer.Output);
        long input = sizes.Product(table ? layer.Output : layer.Input);
        bool bias = sizes.Flag(layer.Bias);
        foreach (int[] blocks in Indices(Lists(layer.Path)))
        {
            yield return new ExpandedLayer(new TargetLayer(Number(layer.Path, blocks), layer.Kind, output, input, bias), layer, blocks);
        }
    }

    /// <summary>Paths of the lists that a path runs through: <c>model.layers</c> for <c>model.layers.*.mlp</c>.</summary>
    private static IEnumerable<string> Lists(string path)
    {
        for (int star = path.IndexOf(".*", StringComparison.Ordinal); star >= 0; star = path.IndexOf(".*", star + 2, StringComparison.Ordinal))
        {
            yield return path.Substring(0, star);
        }
    }

    private IEnumerable<int[]> Indices(IEnumerable<string> lists)
    {
        IEnumerable<int[]> all = [[]];
        foreach (string list in lists)
        {
            int count = _counts[list];
            all = all.SelectMany(outer => Enumerable.Range(0, count).Select(index => outer.Concat([index]).ToArray()));
        }

        return all;
    }

    private static string Number(string path, int[] blocks)
    {
        foreach (int block in blocks)
        {
            int star = path.IndexOf('*');
            path = path.Substring(0, star) + block.ToString(CultureInfo.InvariantCulture) + path.Substring(star + 1);
        }

        return path;
    }

    private static int Assumed(IEnumerable<string> mentions)
    {
        int greatest = mentions
            .SelectMany(text => Regex.Matches(text, "[0-9]{1,4}").Cast<Match>())
            .Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))
            .Where(number => number < MostAssumed)
            .DefaultIfEmpty(0)
            .Max();
        return Math.Max(FewestAssumed, greatest + 2);
    }
}

/// <summary>One layer of one block: what the selection sees, and where in the types it comes from.</summary>
/// <param name="Layer">The layer with its full path.</param>
/// <param name="Source">Its entry in the tree.</param>
/// <param name="Blocks">Index in each list on its path, outermost first.</param>
internal sealed record ExpandedLayer(TargetLayer Layer, TreeLayer Source, IReadOnlyList<int> Blocks);
