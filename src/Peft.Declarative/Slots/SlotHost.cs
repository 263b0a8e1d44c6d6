using System.Runtime.CompilerServices;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>
/// A module whose layers can be replaced. A property for such a layer is a <em>slot</em>. The name of the slot, and not the layer in it, determines the
/// checkpoint name. TorchSharp does not register a layer that is assigned to a field after construction, so the setter of a slot registers it.
/// </summary>
/// <param name="name">The class name, for TorchSharp.</param>
/// <example>
/// <code>
/// public nn.Module&lt;Tensor, Tensor&gt; q_proj { get; set => Fill(ref field, value); }
/// </code>
/// </example>
public abstract class SlotHost(string name) : ExplicitModule(AfterStartup(name))
{
    // This runs before the first native call, so that a library that cannot be loaded does not surface as a TypeInitializationException.
    private static string AfterStartup(string name)
    {
        NativeStartup.EnsureLoaded();
        return name;
    }

    /// <summary>Assigns a layer to a slot and registers it under the slot's name. The previous layer is not disposed, because the new layer can wrap it.</summary>
    /// <param name="slot">The backing field of the slot.</param>
    /// <param name="layer">The new layer.</param>
    /// <param name="slotName">The name of the slot in checkpoints. The default is the name of the property.</param>
    protected void Fill<TLayer>(ref TLayer slot, TLayer layer, [CallerMemberName] string slotName = "")
        where TLayer : nn.Module
    {
        ArgumentNullException.ThrowIfNull(layer);
        slot = layer;
        SlotRegistry.Register(this, slotName, layer);
    }
}
