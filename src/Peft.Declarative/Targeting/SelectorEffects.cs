using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Targeting;

/// <summary>Looks for entries of a query that change nothing about what is adapted: each is a mistake in itself or in another entry.</summary>
internal sealed class SelectorEffects(string model, string method, TargetQuery query, TargetProblems problems)
{
    /// <summary>Checks a selection of which something is left.</summary>
    /// <param name="match">What the targets name.</param>
    /// <param name="saved">Paths of layers that are trained in full.</param>
    /// <param name="chosen">Layers before exclusion.</param>
    /// <param name="kept">Layers after it.</param>
    internal void Check(TargetMatch match, HashSet<string> saved, IReadOnlyList<TargetLayer> chosen, IReadOnlyList<TargetLayer> kept)
    {
        CheckTwice(nameof(query.Targets), query.Targets ?? []);
        CheckTwice(nameof(query.Exclude), query.Exclude ?? []);
        CheckTwice(nameof(query.ModulesToSave), query.ModulesToSave ?? []);
        CheckTwice(nameof(query.Layers), [.. (query.Layers ?? []).Select(block => block.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        CheckExclusions(chosen);
        if (query.Targets is null || kept.Count == 0) return;

        for (int i = 0; i < query.Targets.Count; i++)
        {
            List<TargetLayer> named = match.InChosenBlocks.Where(layer => LayerPath.EndsWith(layer.Path, query.Targets[i])).ToList();
            if (named.Count == 0) continue;
            if (named.All(layer => saved.Contains(layer.Path)))
            {
                if (query.TrainsInFull) continue;
                problems.NoEffect(RuleTexts.TargetSaved(model, method, query.Targets[i]), nameof(query.Targets), i);
            }
            else if (!named.Any(layer => kept.Contains(layer) || saved.Contains(layer.Path)))
            {
                problems.NoEffect(RuleTexts.ExcludedTarget(model, method, query.Targets[i], query.Exclude is null ? "ExcludePattern" : "Exclude"), nameof(query.Targets), i);
            }
        }
    }

    private void CheckExclusions(IReadOnlyList<TargetLayer> chosen)
    {
        IReadOnlyList<string> entries = query.Exclude ?? [];
        for (int i = 0; i < entries.Count; i++)
        {
            if (problems.Covers(nameof(query.Exclude), i) || chosen.Any(layer => LayerPath.EndsWith(layer.Path, entries[i]))) continue;
            problems.NoEffect(RuleTexts.ExcludesNothing(model, method, nameof(query.Exclude), entries[i]), nameof(query.Exclude), i);
        }

        if (query.ExcludePattern is not { } expression || problems.Covers(nameof(query.ExcludePattern), -1)) return;
        if (PathPattern.Whole(expression, out _) is { } pattern && !chosen.Any(layer => pattern.Matches(layer.Path)))
        {
            problems.NoEffect(RuleTexts.ExcludesNothing(model, method, nameof(query.ExcludePattern), expression), nameof(query.ExcludePattern), -1);
        }
    }

    private void CheckTwice(string argument, IReadOnlyList<string> entries)
    {
        for (int i = 1; i < entries.Count; i++)
        {
            if (entries.Take(i).Contains(entries[i]) && !problems.Covers(argument, i)) problems.NoEffect(RuleTexts.NameTwice(model, method, argument, entries[i]), argument, i);
        }
    }
}
