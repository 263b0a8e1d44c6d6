using Peft.Declarative.Slots.Sublayers;

namespace Peft.Declarative;

// Switching from some adapters to others.
public sealed partial class AdapterSet
{
    private Adapter[] _before = [];            // those that were active before
    private volatile Adapter[] _active = [];   // in the order of activation; replaced and not changed, because other threads may read it meanwhile

    /// <summary>The active adapters in the order in which they were activated, which a stack of bottlenecks follows.</summary>
    internal Adapter[] ActiveInOrder => _active;

    /// <summary>Activates these adapters and deactivates all others. Merged ones must be among them.</summary>
    /// <remarks>Only these adapters and those that were active are touched, and from one adapter to another nothing is allocated.</remarks>
    internal void Switch(string[] names)
    {
        RequireKnown(names);
        RefuseSharedClaims(names);
        Composition composition = _composition;
        Adapter[] former = _active, chosen = Chosen(names);
        Compose(Composition.Stack);
        _active = chosen;
        try
        {
            Exchange(former, chosen);
        }
        catch
        {
            _active = former;   // some parts have switched, and others not
            Exchange(chosen, former);
            Compose(composition);
            throw;
        }

        _before = former;
    }

    private static void Exchange(Adapter[] leaving, Adapter[] coming)
    {
        foreach (Adapter adapter in leaving)
        {
            if (Array.IndexOf(coming, adapter) < 0)
            {
                adapter.Switch(active: false);
            }
        }

        // After the others are inactive, so that a slot for only one adapter is free.
        foreach (Adapter adapter in coming)
        {
            adapter.Switch(active: true);
        }
    }

    /// <summary>Follows an adapter that was activated or deactivated.</summary>
    internal void Follow(Adapter adapter, bool active)
    {
        if (active != Array.IndexOf(_active, adapter) >= 0)
        {
            _active = active ? [.. _active, adapter] : [.. _active.Except([adapter])];
        }
    }

    private Adapter[] Chosen(string[] names) => names.Length == 1 ? this[names[0]].Alone
        : AreThese(_active, names) ? _active
        : AreThese(_before, names) ? _before
        : [.. names.Distinct().Select(name => this[name])];

    private bool AreThese(Adapter[] adapters, string[] names)
    {
        bool are = adapters.Length == names.Length;
        for (int i = 0; are && i < names.Length; i++)
        {
            are = this[names[i]] == adapters[i];
        }

        return are;
    }

    private static bool IsAmong(Adapter adapter, string[] names) => Array.IndexOf(names, adapter.Name) >= 0;

    private void RequireKnown(string[] names)
    {
        foreach (string name in names)
        {
            _ = this[name];
        }
    }
}
