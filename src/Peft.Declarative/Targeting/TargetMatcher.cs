using System.Globalization;
using System.Text.RegularExpressions;

namespace Peft.Declarative.Targeting;

/// <summary>Finds the layers that a query names, by list, by expression, or by the family's default, and keeps the chosen blocks.</summary>
internal sealed class TargetMatcher(TargetQuery query, TargetProblems problems)
{
    internal TargetMatch Of(IReadOnlyList<TargetLayer> layers)
    {
        if (query.TargetPattern is { } expression)
        {
            IReadOnlyList<TargetLayer> matching = ByExpression(expression, layers);
            return new TargetMatch(matching, InLastBlocks(matching));
        }

        IReadOnlyList<string> names = query.Targets ?? query.DefaultTargets ?? [];
        List<TargetLayer> named = layers.Where(layer => names.Any(name => Names(name, layer))).ToList();
        CheckEveryNameFits(names, named);
        return new TargetMatch(named, query.Layers is null ? InLastBlocks(named) : InBlocks(named, names, query.Layers));
    }

    private IReadOnlyList<TargetLayer> ByExpression(string expression, IReadOnlyList<TargetLayer> layers)
    {
        if (PathPattern.Whole(expression, out string? failure) is not { } pattern)
        {
            problems.BadExpression(nameof(query.TargetPattern), -1, expression, failure!);
            return [];
        }

        List<TargetLayer> matching = layers.Where(layer => pattern.Matches(layer.Path) && CanBeMeant(layer)).ToList();
        if (pattern.Failure is not null) problems.BadExpression(nameof(query.TargetPattern), -1, expression, pattern.Failure);
        else if (matching.Count == 0) problems.ExpressionFindsNothing(nameof(query.TargetPattern), expression);
        return matching;
    }

    /// <summary>A wide expression (<c>.*mlp.*</c>) also runs over activations and norms; it means the layers among them that can be adapted.</summary>
    private bool CanBeMeant(TargetLayer layer) => query.Adaptable.Contains(layer.Kind);

    private static bool Names(string name, TargetLayer layer) =>
        string.Equals(name, TargetQuery.AllLinear, StringComparison.OrdinalIgnoreCase)
            ? layer.Kind is LayerKind.Linear or LayerKind.Conv1D
            : LayerPath.EndsWith(layer.Path, name);

    private void CheckEveryNameFits(IReadOnlyList<string> names, List<TargetLayer> named)
    {
        // The family's own defaults cover all its variants; one of them need not have every layer.
        if (query.Targets is null) return;

        for (int i = 0; i < names.Count; i++)
        {
            if (!named.Any(layer => Names(names[i], layer))) problems.NameFindsNothing(nameof(query.Targets), i, names[i]);
        }
    }

    private List<TargetLayer> InBlocks(List<TargetLayer> named, IReadOnlyList<string> names, IReadOnlyList<int> blocks)
    {
        var index = new BlockIndex(query.LayersPattern);
        problems.CheckBlocks(blocks, named.Select(layer => index.Of(layer.Path)).OfType<int>().ToList(), named.Count > 0);

        // A target that spells out the whole path has already said which block it means.
        return named.Where(layer => names.Contains(layer.Path) || (index.Of(layer.Path) is { } block && blocks.Contains(block))).ToList();
    }

    private IReadOnlyList<TargetLayer> InLastBlocks(IReadOnlyList<TargetLayer> matching)
    {
        if (query.LastBlocks <= 0) return matching;

        var index = new BlockIndex(null);
        Dictionary<string, int> blocks = matching
            .Select(layer => index.PlaceOf(layer.Path))
            .OfType<(string List, int Index)>()
            .GroupBy(place => place.List, StringComparer.Ordinal)
            .ToDictionary(list => list.Key, list => list.Max(place => place.Index) + 1, StringComparer.Ordinal);
        problems.CheckLastBlocks(blocks);
        return matching
            .Where(layer => index.PlaceOf(layer.Path) is { } place && place.Index >= blocks[place.List] - query.LastBlocks)
            .ToList();
    }
}

/// <summary>What the targets name, before exclusion.</summary>
/// <param name="Named">Layers that the targets name.</param>
/// <param name="InChosenBlocks">Those of them that stand in the chosen blocks; all of them if no blocks are chosen.</param>
internal sealed record TargetMatch(IReadOnlyList<TargetLayer> Named, IReadOnlyList<TargetLayer> InChosenBlocks);

/// <summary>Takes out the layers that a query excludes by list or by expression.</summary>
internal sealed class Exclusion(TargetQuery query, TargetProblems problems)
{
    internal List<TargetLayer> Keep(List<TargetLayer> chosen, IReadOnlyList<TargetLayer> all)
    {
        if (query.ExcludePattern is { } expression) return KeepByExpression(expression, chosen, all);

        IReadOnlyList<string> entries = query.Exclude ?? [];
        for (int i = 0; i < entries.Count; i++)
        {
            if (!all.Any(layer => LayerPath.EndsWith(layer.Path, entries[i]))) problems.NameFindsNothing(nameof(query.Exclude), i, entries[i]);
        }

        return chosen.Where(layer => !entries.Any(entry => LayerPath.EndsWith(layer.Path, entry))).ToList();
    }

    private List<TargetLayer> KeepByExpression(string expression, List<TargetLayer> chosen, IReadOnlyList<TargetLayer> all)
    {
        if (PathPattern.Whole(expression, out string? failure) is not { } pattern)
        {
            problems.BadExpression(nameof(query.ExcludePattern), -1, expression, failure!);
            return chosen;
        }

        bool used = all.Any(layer => pattern.Matches(layer.Path));
        List<TargetLayer> kept = chosen.Where(layer => !pattern.Matches(layer.Path)).ToList();
        if (pattern.Failure is not null) problems.BadExpression(nameof(query.ExcludePattern), -1, expression, pattern.Failure);
        else if (!used) problems.ExpressionFindsNothing(nameof(query.ExcludePattern), expression);
        return kept;
    }
}

/// <summary>
/// Finds in which block of a list of blocks a layer stands: the number after the list's name, <c>3</c> in <c>model.layers.3.mlp.up_proj</c>.
/// Without names, the first list is meant, as in the reference implementation.
/// </summary>
internal sealed class BlockIndex
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex[] _lists;

    internal BlockIndex(IReadOnlyList<string>? names) =>
        _lists = (names is { Count: > 0 } ? names : ["[^.]*"]).Select(List).ToArray();

    /// <summary>Index of the block, or null for a layer outside of every block.</summary>
    internal int? Of(string path) => PlaceOf(path)?.Index;

    /// <summary>The list with what stands before it, and the index in it; null for a layer outside of every block.</summary>
    internal (string List, int Index)? PlaceOf(string path)
    {
        foreach (Regex list in _lists)
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
