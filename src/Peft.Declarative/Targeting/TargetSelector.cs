using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Targeting;

/// <summary>
/// Holds a query against the layers of a model. Used by the generator on the layers it finds in symbols, and at run time on the layers of the
/// live model, so that both select the same and complain alike.
/// </summary>
internal static class TargetSelector
{
    /// <summary>Selects, and collects everything that is wrong on the way.</summary>
    /// <param name="model">Name of the model for messages.</param>
    /// <param name="method">Name of the method for messages, such as <c>Lora</c>.</param>
    /// <param name="query">What to select.</param>
    /// <param name="layers">Layers of the model, in its order.</param>
    /// <param name="further">Checks what the method says of the adapted layers beyond which they are, and adds what is wrong with it.</param>
    internal static TargetSelection Select(
        string model, string method, TargetQuery query, IReadOnlyList<TargetLayer> layers, Action<IReadOnlyList<TargetLayer>, TargetProblems>? further = null)
    {
        var problems = new TargetProblems(model, method, query, layers);
        problems.CheckSelectors();

        IReadOnlyList<TargetLayer> saved = new SavedModules(query, problems).Of(layers);
        var savedPaths = new HashSet<string>(saved.Select(layer => layer.Path), StringComparer.Ordinal);

        TargetMatch match = new TargetMatcher(query, problems).Of(layers);
        List<TargetLayer> chosen = match.InChosenBlocks.Where(layer => !savedPaths.Contains(layer.Path)).ToList();
        List<TargetLayer> kept = new Exclusion(query, problems).Keep(chosen, layers);
        List<TargetLayer> adaptable = kept.Where(layer => query.Adaptable.Contains(layer.Kind) && (layer.HasBias || !query.BiasesOnly)).ToList();

        problems.CheckKinds(kept);
        problems.CheckSomethingAdapted(match, chosen, kept, adaptable, saved);

        bool clashes = problems.All.Any(problem => problem.Id == RuleIds.SelectorsClash);   // then nothing is meant by one of the two anyway
        if (!query.Lenient && !clashes && chosen.Count > 0) new SelectorEffects(model, method, query, problems).Check(match, savedPaths, chosen, kept);
        further?.Invoke(adaptable, problems);
        return new TargetSelection(adaptable, saved, problems.All);
    }
}

/// <summary>What a query selects in a model.</summary>
/// <param name="Adapted">Layers that get an adapter, in the model's order.</param>
/// <param name="Saved">Layers that are trained in full, in the model's order.</param>
/// <param name="Problems">Everything that is wrong with the query; empty if it can be used.</param>
internal sealed record TargetSelection(
    IReadOnlyList<TargetLayer> Adapted,
    IReadOnlyList<TargetLayer> Saved,
    IReadOnlyList<TargetProblem> Problems);

/// <summary>Finds the layers to train in full: those that an entry names, and those below a module that an entry names.</summary>
internal sealed class SavedModules(TargetQuery query, TargetProblems problems)
{
    internal IReadOnlyList<TargetLayer> Of(IReadOnlyList<TargetLayer> layers)
    {
        IReadOnlyList<string> entries = query.ModulesToSave ?? [];
        for (int i = 0; i < entries.Count; i++)
        {
            if (!layers.Any(layer => Names(entries[i], layer))) problems.NameFindsNothing(nameof(query.ModulesToSave), i, entries[i]);
        }

        return layers.Where(layer => entries.Any(entry => Names(entry, layer))).ToList();
    }

    private bool Names(string entry, TargetLayer layer) =>
        LayerPath.SelfAndParents(layer.Path).Any(path =>
            query.Lenient ? path.EndsWith(entry, StringComparison.Ordinal) : LayerPath.EndsWith(path, entry));
}

/// <summary>Picks those of the adapted layers that a further argument names, for methods that treat some of their targets in another way.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="lenient">Whether names are read as the reference library reads them: any end of a path counts, and none has to fit.</param>
internal sealed class TargetSubset(TargetProblems problems, bool lenient)
{
    /// <summary>Paths of the layers that end in one of the names. Each name must fit one.</summary>
    internal HashSet<string> Named(IReadOnlyList<string> names, string argument, IReadOnlyList<TargetLayer> adapted)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (!adapted.Any(layer => Fits(names[i], layer))) problems.KeyFitsNothing(argument, i, names[i], adapted);
        }

        return Paths(adapted.Where(layer => names.Any(name => Fits(name, layer))));
    }

    /// <summary>Paths of the layers that an expression matches whole.</summary>
    internal HashSet<string> Matching(string expression, string argument, IReadOnlyList<TargetLayer> adapted)
    {
        if (PathPattern.Whole(expression, out string? failure) is not { } pattern)
        {
            problems.BadExpression(argument, -1, expression, failure!);
            return Paths([]);
        }

        HashSet<string> matching = Paths(adapted.Where(layer => pattern.Matches(layer.Path)));
        if (pattern.Failure is not null) problems.BadExpression(argument, -1, expression, pattern.Failure);
        else if (matching.Count == 0) problems.KeyFitsNothing(argument, -1, expression, adapted);
        return matching;
    }

    private bool Fits(string name, TargetLayer layer) =>
        lenient ? layer.Path.EndsWith(name, StringComparison.Ordinal) : LayerPath.EndsWith(layer.Path, name);

    private static HashSet<string> Paths(IEnumerable<TargetLayer> layers) => new(layers.Select(layer => layer.Path), StringComparer.Ordinal);
}
