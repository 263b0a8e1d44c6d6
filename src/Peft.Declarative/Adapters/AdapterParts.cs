using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Finds the parts of an adapter in a model by its name. Overrides of the base's parameters are not found; only the handle lists them.
/// </summary>
internal static class AdapterParts
{
    /// <summary>Gets the parts of one adapter with the checkpoint names of their slots.</summary>
    internal static IEnumerable<(string Path, IAdapterPart Part)> Of(nn.Module model, string adapter) =>
        All(model).Where(entry => entry.Part.AdapterName == adapter);

    /// <summary>Whether a model has a part of an adapter. Takes as long with many adapters on the model as with few.</summary>
    internal static bool Any(nn.Module model, string adapter) =>
        SlotTree.Layers(model).Any(place => place.Layer is AdapterLayer around && around.IsAround(adapter))
        || model.children().OfType<IPartList>().Any(list => list.Has(adapter))
        || SublayerSlots.Of(model).Any(place => place.SublayerSlot.Of(adapter) is not null);

    private static IEnumerable<(string Path, IAdapterPart Part)> All(nn.Module model) =>
    [
        .. SlotTree.Layers(model).SelectMany(slot => SlotTree.AdapterLayers(slot.Layer).Select(part => (slot.Path, (IAdapterPart)part))),
        .. model.children().OfType<IPartList>().SelectMany(list => list.Parts).Select(part => ("", part)),
        .. SublayerSlots.Of(model).SelectMany(slot => slot.SublayerSlot.Parts.Select(part => (slot.Path, (IAdapterPart)part))),
        .. OnText(model).Select(part => (SublayerSlots.BackboneOf(model), (IAdapterPart)part)),
    ];

    private static IReadOnlyList<EmbeddingPart> OnText(nn.Module model) => (model as IBaseModel)?.embedding_adapters.Parts ?? [];
}
