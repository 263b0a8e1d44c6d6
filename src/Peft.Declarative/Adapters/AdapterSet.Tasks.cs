using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

// Batches whose rows belong to different tasks of an adapter.
public sealed partial class AdapterSet
{
    /// <summary>Why rows of an adapter must name their task; <see langword="null"/> if they need not.</summary>
    internal static string? TaskNeeded(Adapter adapter) => adapter.Config.TaskCount is { } count && count > 1 ? $"adapter '{adapter.Name}' has {count} tasks" : null;

    // The adapter of each row with a task if the rows name none: the active one. Null if rows need not be told apart.
    private string[]? NamesForTasks(IReadOnlyList<int?>? tasks, long rows)
    {
        Adapter[] active = [.. Active];
        if (tasks?.Any(task => task is not null) != true)
        {
            return Array.Find(active, adapter => TaskNeeded(adapter) is not null) is { } needing ? throw Missing(needing, row: 0) : null;
        }

        if (active.Length > 1)
        {
            throw Unreadable($"TaskIds are those of one adapter, but {RuleTexts.Names(active.Select(adapter => $"'{adapter.Name}'"), "and")} are active. "
                + "Name the adapter of each row too, in Adapters");
        }

        return active.Length == 0 ? null : [.. Enumerable.Repeat(active[0].Name, (int)rows)];
    }

    // The task of each row; null for rows of the base model and of adapters without tasks.
    private int?[]? TasksOf(IReadOnlyList<string?> names, IReadOnlyList<int?>? tasks)
    {
        if (tasks is not null && tasks.Count != names.Count)
        {
            throw Unreadable($"TaskIds has {tasks.Count} entries, but the batch has {names.Count} rows. Give each row its task, or null");
        }

        int?[] known = [.. names.Select((name, row) => name is null ? null : TaskOf(this[name], tasks?[row], row))];
        return Array.Exists(known, task => task is not null) ? known : null;
    }

    private int? TaskOf(Adapter adapter, int? task, int row) => (adapter.Config.TaskCount, task) switch
    {
        (null, null) => null,
        (null, _) => throw Unreadable($"row {row} has the task {task}, but its adapter '{adapter.Name}' has no tasks. Give null for its task"),
        (1, null) => 0,
        (_, null) => throw Missing(adapter, row),
        ({ } count, _) when task < 0 || task >= count => throw Unreadable(
            $"row {row} has the task {task}, but those of its adapter '{adapter.Name}' go from 0 to {count - 1}. Correct TaskIds, or TrainingRow.Task of the data"),
        _ => task,
    };

    private PeftException Missing(Adapter adapter, int row) =>
        Unreadable($"{TaskNeeded(adapter)}, but row {row} does not name its own. Give each row one in TaskIds, in training data TrainingRow.Task");

    private PeftException Unreadable(string problem) => new(RuleIds.InputUnusable, $"'{Model.GetType().Name}' cannot read its input: {problem}.");
}
