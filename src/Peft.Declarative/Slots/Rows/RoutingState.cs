namespace Peft.Declarative.Slots.Rows;

/// <summary>The routing of the pass that a model computes now. All slots of the model share it, so that a pass sets and clears one reference.</summary>
internal sealed class RoutingState
{
    private static readonly IReadOnlyList<RowSegment?> NoRouting = [null];

    /// <summary>The current routing; <see langword="null"/> if the active adapters apply to all rows.</summary>
    internal RowRouting? Current { get; private set; }

    /// <summary>The routings of the parts of the current batch: its segments, or one <see langword="null"/> without a routing.</summary>
    internal IReadOnlyList<RowSegment?> Segments => (IReadOnlyList<RowSegment?>?)Current?.Segments ?? NoRouting;

    /// <summary>The task of the rows that are computed now, if all have the same; <see langword="null"/> if they have none.</summary>
    internal int? Task => Current is { IsUniform: true } uniform ? uniform.Segments[0].Task : null;

    /// <summary>Sets the routing until the result is disposed.</summary>
    /// <param name="routing">The routing.</param>
    /// <param name="frees">Whether its tensors are freed then.</param>
    internal RoutingPass Enter(RowRouting? routing, bool frees = false)
    {
        var pass = new RoutingPass(this, Current, frees);
        Current = routing;
        return pass;
    }

    /// <summary>Takes the rows of the current pass anew: each from the old row of this index.</summary>
    internal void Select(ReadOnlySpan<long> rows)
    {
        if (Current is { } former && former.Selected(rows) is var selected && selected != former)
        {
            former.Dispose();
            Current = selected;
        }
    }

    internal void Leave(RowRouting? before, bool frees)
    {
        if (frees)
        {
            Current?.Dispose();
            Current?.Stacks?.Dispose();
        }

        Current = before;
    }
}

/// <summary>A pass under a routing. Disposing it restores the previous routing.</summary>
internal readonly struct RoutingPass(RoutingState state, RowRouting? before, bool frees) : IDisposable
{
    public void Dispose() => state.Leave(before, frees);
}
