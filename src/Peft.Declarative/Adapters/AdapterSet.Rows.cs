using Peft.Declarative.Adapters;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative;

// Batches whose rows belong to different adapters.
public sealed partial class AdapterSet
{
    /// <summary>The routing of the pass that the model computes now.</summary>
    internal RoutingState Routing { get; } = new();

    /// <summary>Whether the parts of all adapters are in the mode, training or evaluation, that the model says. New layers have that of what they wrap.</summary>
    internal bool ModeIsSettled { get; set; }

    /// <summary>Begins a pass in which each row has its own adapter. Disposing the result ends it.</summary>
    /// <param name="names">
    /// The name of each row's adapter; <see langword="null"/> for rows of the base model. Without names the pass goes on as the enclosing one does, or as
    /// <see cref="Split"/> has set it.
    /// </param>
    /// <param name="tasks">The task of each row; <see langword="null"/> for no row.</param>
    /// <param name="rows">The number of rows of the batch.</param>
    /// <param name="device">The device of the model.</param>
    /// <param name="keepsStacks">Whether the pass is one of many in which the adapters do not change.</param>
    /// <exception cref="PeftException">
    /// PEFT202: the numbers of rows differ. PEFT703: the model has no adapter of a name; all such names are listed. PEFT303: an adapter changes parameters of
    /// the base itself. PEFT306: an adapter is merged. PEFT514: tasks do not fit the adapters.
    /// </exception>
    internal RoutingPass BeginPass(IReadOnlyList<string?>? names, IReadOnlyList<int?>? tasks, long rows, Device device, bool keepsStacks = false)
    {
        names ??= Routing.Current is null && _composition is SplitComposition split ? split.Names : null;
        if (names is not null)
        {
            RowRouting.RequireRows(names.Count, rows);
            RequireMixable(names);
        }
        else if (Routing.Current is not null || (names = NamesForTasks(tasks, rows)) is null)
        {
            return Routing.Enter(Routing.Current);
        }

        return Routing.Enter(new RowRouting(names, device, keepsStacks ? new StackMemory() : null, TasksOf(names, tasks)), frees: true);
    }

    /// <summary>Refuses names that rows of one batch cannot have.</summary>
    /// <param name="rows">The name of each row, <see langword="null"/> for rows of the base model.</param>
    internal void RequireMixable(IEnumerable<string?> rows)
    {
        string[] names = [.. rows.OfType<string>().Distinct(StringComparer.Ordinal)];
        string[] unknown = [.. names.Where(name => !Has(name))];
        if (unknown.Length > 0)
        {
            throw NotFound(unknown);
        }

        if (_merged.Count > 0)
        {
            throw new PeftException(RuleIds.CannotMerge,
                $"'{_merged[0].Name}' is merged into the base of '{Model.GetType().Name}', so all rows of a batch have it. Call Unmerge before you name adapters for rows.");
        }

        Adapter[] overriding = [.. names.Select(name => this[name]).Union(Active).Where(adapter => adapter.OverridesBase)];
        if (overriding.Length > 0)
        {
            throw new PeftException(RuleIds.Incompatible, RuleTexts.NotMixable(
                Model.GetType().Name, [.. overriding.Select(adapter => adapter.Name)], overriding[0].Config.Facts.Name));
        }
    }

    /// <summary>The error about names that no adapter has.</summary>
    internal PeftException NotFound(params string[] names)
    {
        string[] known = [.. _adapters.Select(adapter => adapter.Name)];
        string[] near = [.. names.SelectMany(name => NearNames.Of(name, known)).Distinct(StringComparer.Ordinal)];
        return new PeftException(RuleIds.NoSuchAdapter, RuleTexts.NoSuchAdapter(Model.GetType().Name, names, known, near));
    }
}
