namespace Peft.Declarative.Targeting;

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
