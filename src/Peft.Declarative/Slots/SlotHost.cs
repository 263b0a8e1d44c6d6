using System.Runtime.CompilerServices;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>
/// A module whose layers can be replaced: a place for a layer is a <em>slot</em>, and the slot's name, not the layer in it, makes the
/// checkpoint name. TorchSharp's own registry forgets a field that is assigned later, so slots register what they are given.
/// </summary>
/// <param name="name">Class name, for TorchSharp.</param>
public abstract class SlotHost(string name) : nn.Module(AfterStartup(name))
{
    // Before the first native call, so that a library that cannot be loaded is explained and not a TypeInitializationException.
    private static string AfterStartup(string name)
    {
        NativeStartup.EnsureLoaded();
        return name;
    }

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Puts a layer into a slot and registers it under the slot's name.</summary>
    /// <param name="slot">The slot's field.</param>
    /// <param name="layer">The layer that takes the place; the former one stays with whoever wraps it.</param>
    /// <param name="slotName">The checkpoint name, which is the property's.</param>
    protected void Fill<TLayer>(ref TLayer slot, TLayer layer, [CallerMemberName] string slotName = "")
        where TLayer : nn.Module
    {
        ArgumentNullException.ThrowIfNull(layer);
        slot = layer;
        SlotRegistry.Register(this, slotName, layer);
    }
}
