namespace Peft.Declarative.Slots.Rows;

/// <summary>
/// The stacked tensors of the adapters of one batch, which outlive the routings that follow each other as its rows come and go. Whoever has the batch frees them.
/// </summary>
internal sealed class StackMemory : IDisposable
{
    private readonly Dictionary<(AdapterStack Layer, object Group), (KeptStack Stack, int LastUse)> _stacks = [];
    private int _routings;

    /// <summary>Begins another routing. What the one before has not used is freed.</summary>
    internal void BeginRouting()
    {
        foreach (((AdapterStack, object) key, (KeptStack stack, _)) in _stacks.Where(entry => entry.Value.LastUse < _routings).ToList())
        {
            stack.Dispose();
            _stacks.Remove(key);
        }

        _routings++;
    }

    /// <summary>The stack of a group of parts at a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="group">What the parts have in common.</param>
    internal KeptStack At(AdapterStack layer, object group)
    {
        KeptStack stack = _stacks.TryGetValue((layer, group), out (KeptStack Stack, int) found) ? found.Stack : new KeptStack();
        _stacks[(layer, group)] = (stack, _routings);
        return stack;
    }

    /// <summary>Frees all tensors. They are made again if the memory is used again, as it is after weights have changed.</summary>
    public void Dispose()
    {
        foreach ((KeptStack stack, _) in _stacks.Values)
        {
            stack.Dispose();
        }

        _stacks.Clear();
    }
}
