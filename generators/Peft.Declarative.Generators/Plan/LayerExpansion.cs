using System.Globalization;
using System.Text.RegularExpressions;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>
/// Expands the tree to the layers of a real model. If the number of blocks is not known, as many as the declaration mentions are assumed, and one
/// more: enough to distinguish layers that are named from others. AttachAdapters checks the true number.
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

    /// <summary>Whether the number of blocks of every list is known.</summary>
    internal bool IsExact { get; } = true;

    internal IReadOnlyList<ExpandedLayer> Layers { get; }

    /// <summary>The sizes with which the layers were expanded.</summary>
    internal ConfigSizes Sizes { get; }

    /// <summary>Gets the blocks of a path of the tree: an index for each list on the path.</summary>
    internal IEnumerable<int[]> IndicesOf(TreeLayer layer) => Indices(Lists(layer.Path));

    /// <summary>Determines whether a layer of the tree depends on a config, and there is none.</summary>
    internal bool MayBeMissing(TreeLayer layer) => _uncertain.Contains(layer.Path);

    /// <summary>Determines whether a layer's weight is another layer's, as far as the config is known.</summary>
    internal bool IsTied(TreeLayer layer) => _tied.Contains(layer.Path);

    /// <summary>Counts a layer of the tree in the model.</summary>
    internal int Occurrences(TreeLayer layer) => Lists(layer.Path).Aggregate(1, (product, list) => product * _counts[list]);

    private IEnumerable<ExpandedLayer> Expand(TreeLayer layer, ConfigSizes sizes)
    {
        bool? exists = sizes.Holds(layer.When);
        if (exists == false) yield break;
        if (exists is null) _uncertain.Add(layer.Path);
        if (layer.TiedBy.Length > 0 && sizes.Flag(layer.TiedBy)) _tied.Add(layer.Path);

        // The weight of an embedding is [rows, width], and its input features are rows.
        bool table = layer.Kind == LayerKind.Embedding;
        long output = sizes.Product(table ? layer.Input : layer.Output);
        long input = sizes.Product(table ? layer.Output : layer.Input);
        bool bias = sizes.Flag(layer.Bias);
        foreach (int[] blocks in Indices(Lists(layer.Path)))
        {
            yield return new ExpandedLayer(new TargetLayer(Number(layer.Path, blocks), layer.Kind, output, input, bias), layer, blocks);
        }
    }

    /// <summary>Gets the paths of the lists on a path: <c>model.layers</c> for <c>model.layers.*.mlp</c>.</summary>
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

/// <summary>One layer of one block: the input of the selection, and its origin in the types.</summary>
/// <param name="Layer">The layer with its full path.</param>
/// <param name="Source">Its node in the tree.</param>
/// <param name="Blocks">The index in each list on its path, outermost first.</param>
internal sealed record ExpandedLayer(TargetLayer Layer, TreeLayer Source, IReadOnlyList<int> Blocks);
