using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

// Batches whose rows belong to different tasks of an adapter.
public sealed partial class AdapterSet
{
    /// <summary>Why rows of an adapter must name their task; <see langword="null"/> if they need not.</summary>
    internal static string? TaskNeeded(string name, AdapterConfig config) => config.TaskCount is { } count && count > 1 ? $"adapter '{name}' has {count} tasks" : null;

    /// <summary>What is wrong with the task of a row, as the words after the row's name; <see langword="null"/> if nothing is.</summary>
    /// <param name="name">The adapter that the row names; <see langword="null"/> if it names none, so that the active ones are meant.</param>
    /// <param name="task">The task that it names; <see langword="null"/> for none.</param>
    internal string? TaskProblem(string? name, int? task)
    {
        Adapter[] meant = name is not null ? this[name].Alone : _composition is SplitComposition ? [] : _active;   // a split goes by the row's place
        return task is not null && meant.Length > 1
            ? $"has the task {task} of one adapter, but {RuleTexts.Names(meant.Select(adapter => $"'{adapter.Name}'"), "and")} are active, and it names none"
            : meant.Select(adapter => TaskProblem(adapter, task)).FirstOrDefault(problem => problem is not null);
    }

    private static string? TaskProblem(Adapter adapter, int? task) => (adapter.Config.TaskCount, task) switch
    {
        (null, not null) => $"has the task {task}, but its adapter '{adapter.Name}' has no tasks",
        (> 1, null) => $"names no task, but its {TaskNeeded(adapter.Name, adapter.Config)}",
        ({ } count, not null) when task < 0 || task >= count => $"has the task {task}, but those of its adapter '{adapter.Name}' go from 0 to {count - 1}",
        _ => null,
    };

    // The adapter of each row with a task if the rows name none: the active one. Null if rows need not be told apart.
    private string[]? NamesForTasks(IReadOnlyList<int?>? tasks, long rows)
    {
        Adapter[] active = _active;
        if (tasks?.Any(task => task is not null) != true)
        {
            return Array.Find(active, adapter => TaskNeeded(adapter.Name, adapter.Config) is not null) is { } needing ? throw Wrong(row: 0, TaskProblem(needing, null)!) : null;
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

    private int? TaskOf(Adapter adapter, int? task, int row) => TaskProblem(adapter, task) is { } problem ? throw Wrong(row, problem)
        : adapter.Config.TaskCount is null ? null
        : task ?? 0;

    private PeftException Wrong(int row, string problem) =>
        Unreadable($"row {row} {problem}. TaskIds has the task of each row, from 0, and null for rows of the base and of adapters without tasks");

    private PeftException Unreadable(string problem) => new(RuleIds.InputUnusable, $"'{Model.GetType().Name}' cannot read its input: {problem}.");
}
