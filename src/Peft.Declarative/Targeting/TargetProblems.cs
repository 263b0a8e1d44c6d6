using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Targeting;

/// <summary>Collects what is wrong with a query, so that a user sees all of it at once.</summary>
internal sealed class TargetProblems(string model, string method, TargetQuery query, IReadOnlyList<TargetLayer> layers)
{
    private readonly List<TargetProblem> _all = [];

    internal IReadOnlyList<TargetProblem> All => _all;

    internal void CheckSelectors()
    {
        if (query.Targets is not null && query.TargetPattern is not null)
            Add(RuleIds.SelectorsClash, RuleTexts.SelectorsClash(method, "Targets", "TargetPattern"), "TargetPattern");
        if (query.Exclude is not null && query.ExcludePattern is not null)
            Add(RuleIds.SelectorsClash, RuleTexts.SelectorsClash(method, "Exclude", "ExcludePattern"), "ExcludePattern");
        if (query.Layers is not null && query.TargetPattern is not null)
            Add(RuleIds.SelectorsClash, RuleTexts.LayersNeedList(method), "Layers");
        if (!query.Lenient && query.Targets is { Count: > 1 } names && names.Any(name => string.Equals(name, TargetQuery.AllLinear, StringComparison.OrdinalIgnoreCase)))
        {
            Add(RuleIds.SelectorsClash, RuleTexts.AllLinearBesideNames(method), "Targets");
        }

        if (query.Layers is not null && query.LastBlocks > 0)
            Add(RuleIds.SelectorsClash, RuleTexts.SelectorsClash(method, "Layers", "LastBlocks"), "LastBlocks");
        if (query.LayersPattern is not null && query.Layers is null)
            Add(RuleIds.SelectorsClash, RuleTexts.LayersPatternAlone(method), "LayersPattern");
    }

    internal void NameFindsNothing(string argument, int index, string typed)
    {
        if (query.Lenient) return;

        int parts = typed.Split('.').Length;
        IReadOnlyList<string> near = NearNames.Of(typed, layers.Select(layer => LayerPath.End(layer.Path, parts)));
        string text = RuleTexts.TargetNotFound(model, method, typed, near, layers.Select(layer => layer.Name));
        _all.Add(new TargetProblem(RuleIds.TargetNotFound, text, argument, index, near));
    }

    internal void ExpressionFindsNothing(string argument, string expression)
    {
        if (query.Lenient || layers.Count == 0) return;

        TargetLayer example = layers.FirstOrDefault(layer => query.Adaptable.Contains(layer.Kind)) ?? layers[0];
        Add(RuleIds.TargetNotFound, RuleTexts.PatternFindsNothing(model, method, argument, expression, example.Path), argument);
    }

    internal void BadExpression(string argument, int index, string expression, string reason) =>
        Add(RuleIds.BadExpression, RuleTexts.BadExpression(argument, method, expression, reason), argument, index);

    internal void CheckBlocks(IReadOnlyList<int> wanted, IReadOnlyList<int> existing, bool anyNamed)
    {
        if (query.Lenient || !anyNamed) return;

        if (existing.Count == 0 && query.LayersPattern is { Count: > 0 } lists)
        {
            Add(RuleIds.LayerOutOfRange, RuleTexts.ListNotFound(model, method, lists[0]), nameof(query.LayersPattern), lists.Count == 1 ? 0 : -1);
            return;
        }

        for (int i = 0; i < wanted.Count; i++)
        {
            if (existing.Contains(wanted[i])) continue;
            string text = existing.Count > 0
                ? RuleTexts.LayerOutOfRange(model, method, wanted[i], existing.Min(), existing.Max())
                : RuleTexts.LayersWithoutBlocks(model, method, wanted[i]);
            Add(RuleIds.LayerOutOfRange, text, nameof(query.Layers), i);
        }
    }

    internal void CheckLastBlocks(IReadOnlyDictionary<string, int> blocks)
    {
        foreach (var list in blocks.Where(list => list.Value < query.LastBlocks))
        {
            string text = RuleTexts.TooManyLastBlocks(model, method, query.LastBlocks, list.Key.Trim('.'), list.Value);
            Add(RuleIds.LayerOutOfRange, text, nameof(query.LastBlocks));
        }
    }

    internal void CheckKinds(IReadOnlyList<TargetLayer> kept)
    {
        foreach (var group in kept.Where(layer => !query.Adaptable.Contains(layer.Kind)).GroupBy(layer => layer.Name, StringComparer.Ordinal))
        {
            int index = IndexOfTarget(group.First().Path);
            string text = RuleTexts.KindNotAdaptable(model, method, group.Key, LayerKinds.InWords(group.First().Kind));
            Add(RuleIds.KindNotAdaptable, text, nameof(query.Targets), index);
        }
    }

    internal void KeyFitsNothing(string argument, int index, string key, IReadOnlyList<TargetLayer> adapted)
    {
        if (query.Lenient || adapted.Count == 0) return;

        IReadOnlyList<string> near = NearNames.Of(key, adapted.Select(layer => LayerPath.End(layer.Path, key.Split('.').Length)));
        string text = RuleTexts.PatternKeyUnmatched(model, method, argument, key, near, adapted.Select(layer => layer.Name));
        _all.Add(new TargetProblem(RuleIds.PatternKeyUnmatched, text, argument, index, near));
    }

    internal void KeyIsDead(string argument, int index, string key, string earlier)
    {
        if (!query.Lenient) Add(RuleIds.PatternKeyUnmatched, RuleTexts.PatternEntryDead(model, method, argument, key, earlier), argument, index);
    }

    /// <summary>Whether something is wrong with an entry already.</summary>
    internal bool Covers(string argument, int index) => _all.Any(problem => problem.Argument == argument && problem.Index == index);

    /// <summary>Reports an entry that changes nothing.</summary>
    internal void NoEffect(string text, string argument, int index)
    {
        if (!query.Lenient) Add(RuleIds.SelectorWithoutEffect, text, argument, index);
    }

    internal void CheckSomethingAdapted(
        TargetMatch match, List<TargetLayer> chosen, List<TargetLayer> kept, List<TargetLayer> adaptable, IReadOnlyList<TargetLayer> saved)
    {
        // An empty list of targets beside modules to save is how files say "these modules only".
        bool savesOnly = query.Targets is { Count: 0 } && saved.Count > 0;
        if (adaptable.Count > 0 || savesOnly || _all.Any(problem => ExplainsEmptiness(problem.Id))) return;

        (string text, string argument) = (match, chosen, kept) switch
        {
            _ when layers.Count == 0 => (RuleTexts.NoLayers(model, method), ""),
            _ when match.Named.Count == 0 && Wanted.Count > 0 => (RuleTexts.TargetsFindNothing(model, method, Wanted, layers.Select(layer => layer.Name)), "Targets"),
            _ when match.Named.Count == 0 => (RuleTexts.NoTargets(model, method, layers.Select(layer => layer.Name)), ""),
            _ when match.InChosenBlocks.Count == 0 => (None(match.Named, "outside of Layers", "Add their blocks to Layers"), "Layers"),
            _ when query.BiasesOnly && kept.Count > 0 => (RuleTexts.NoBiases(model, method, kept.Select(layer => layer.Name)), ""),
            _ when chosen.Count == 0 => (None(match.InChosenBlocks, "in ModulesToSave", "Remove them from ModulesToSave"), "ModulesToSave"),
            _ => (None(chosen, "in Exclude", "Remove them from Exclude"), "Exclude"),
        };
        Add(RuleIds.NothingAdapted, text, argument);
    }

    private IReadOnlyList<string> Wanted => query.TargetPattern is { } pattern ? [pattern] : query.Targets ?? [];

    private static bool ExplainsEmptiness(string id) =>
        id is RuleIds.TargetNotFound or RuleIds.LayerOutOfRange or RuleIds.KindNotAdaptable or RuleIds.BadExpression or RuleIds.SelectorsClash;

    private string None(IReadOnlyList<TargetLayer> matches, string cause, string remedy) =>
        RuleTexts.NothingAdapted(model, method, matches.Select(layer => layer.Name).ToList(), matches.Count, cause, $"{remedy} or remove [{method}].");

    private int IndexOfTarget(string path)
    {
        for (int i = 0; i < (query.Targets?.Count ?? 0); i++)
        {
            if (LayerPath.EndsWith(path, query.Targets![i])) return i;
        }

        return -1;
    }

    private void Add(string id, string text, string argument, int index = -1) => _all.Add(new TargetProblem(id, text, argument, index, []));
}

/// <summary>What is wrong with a query, told the same way by the compiler and while attaching.</summary>
/// <param name="Id">Id of the rule, such as <c>PEFT101</c>.</param>
/// <param name="Message">What is wrong, where, and what to do.</param>
/// <param name="Argument">Argument of the declaration at fault, such as <c>Targets</c>; empty for the declaration as a whole.</param>
/// <param name="Index">Element of that argument, or -1 for all of it.</param>
/// <param name="Near">Names that may have been meant, nearest first.</param>
internal sealed record TargetProblem(string Id, string Message, string Argument, int Index, IReadOnlyList<string> Near);
