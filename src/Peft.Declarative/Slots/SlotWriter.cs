using System.Reflection;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>
/// Puts a layer into a slot that is known by name only, as adapters loaded from files are. Declared adapters never come here: their code
/// assigns the slot.
/// </summary>
internal static class SlotWriter
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    internal static void Write(LayerSlot place, nn.Module layer)
    {
        for (Type? type = place.Parent.GetType(); type is not null && type != typeof(nn.Module); type = type.BaseType)
        {
            if (type.GetProperty(place.Slot, Members) is { CanWrite: true } property && property.PropertyType.IsInstanceOfType(layer))
            {
                property.SetValue(place.Parent, layer);
                return;
            }

            foreach (FieldInfo field in type.GetFields(Members))
            {
                if (ReferenceEquals(field.GetValue(place.Parent), place.Layer) && field.FieldType.IsInstanceOfType(layer))
                {
                    field.SetValue(place.Parent, layer);
                    SlotRegistry.Register(place.Parent, place.Slot, layer);
                    return;
                }
            }
        }

        throw new PeftException(RuleIds.SealedField,
            RuleTexts.NotReplaceable(place.Path, place.Layer.GetType().Name, "adapter"));
    }
}
