using System.Reflection;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Finds the layers with one row per token: the input embedding and the output head.</summary>
internal static class VocabularySlots
{
    private const string Field = "vocab_size";

    /// <summary>Gets the slots with the size of the vocabulary. A tied head is one of them, although it has no weight of its own.</summary>
    internal static IEnumerable<LayerSlot> Of(nn.Module model) =>
        SlotTree.Layers(model).Where(slot => slot.Base is not null && DeclaredSize(slot) == Field);

    private static string? DeclaredSize(LayerSlot slot)
    {
        const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return slot.Parent.GetType().GetProperty(slot.Slot, Members)?.GetCustomAttribute<SlotAttribute>()?.Output;
    }
}
