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
    internal static TargetSelection Select(string model, string method, TargetQuery query, IReadOnlyList<TargetLayer> layers)
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

        var ranks = new PatternTable(nameof(query.RankPattern), query.RankPattern, problems);
        var alphas = new PatternTable(nameof(query.AlphaPattern), query.AlphaPattern, problems);
        List<SelectedLayer> adapted = adaptable
            .Select(layer => new SelectedLayer(layer, (int)ranks.Of(layer.Path, query.Rank), alphas.Of(layer.Path, query.Alpha)))
            .ToList();
        ranks.CheckEveryKeyFits(adaptable);
        alphas.CheckEveryKeyFits(adaptable);

        return new TargetSelection(adapted, saved, problems.All);
    }
}
