using System.Reflection;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>
/// Assigns a slot through reflection, for adapters that are loaded from files. The generated code of a declared adapter assigns the slot directly.
/// </summary>
internal static class SlotWriter
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    internal static void Write(LayerSlot slot, nn.Module layer)
    {
        for (Type? type = slot.Parent.GetType(); type is not null && type != typeof(nn.Module); type = type.BaseType)
        {
            if (type.GetProperty(slot.Slot, Members) is { CanWrite: true } property && property.PropertyType.IsInstanceOfType(layer))
            {
                property.SetValue(slot.Parent, layer);
                return;
            }

            foreach (FieldInfo field in type.GetFields(Members))
            {
                if (ReferenceEquals(field.GetValue(slot.Parent), slot.Layer) && field.FieldType.IsInstanceOfType(layer))
                {
                    field.SetValue(slot.Parent, layer);
                    SlotRegistry.Register(slot.Parent, slot.Slot, layer);
                    return;
                }
            }
        }

        throw new PeftException(RuleIds.SealedField,
            RuleTexts.NotReplaceable(slot.Path, slot.Layer.GetType().Name, "adapter"));
    }
}
