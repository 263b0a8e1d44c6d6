using System.Globalization;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>The places after the sublayers of a model.</summary>
internal static class SublayerSlots
{
    // In some families the sublayer itself has the adapters in AdapterHub's keys, in others a module of its own beside it.
    private const string OwnName = ".adapters";

    /// <summary>All places, in the order of the model.</summary>
    internal static IReadOnlyList<NamedSublayerSlot> Of(nn.Module model)
    {
        List<string> blocks = [];
        List<NamedSublayerSlot> slots = [];
        foreach ((string path, SublayerSlot slot) in Below(model, ""))
        {
            string block = BlockOf(path);
            if (!blocks.Contains(block))
            {
                blocks.Add(block);
            }

            string owner = path.EndsWith(OwnName, StringComparison.Ordinal) ? path[..^OwnName.Length] : path;
            slots.Add(new NamedSublayerSlot(owner, slot, blocks.IndexOf(block)));
        }

        return slots;
    }

    /// <summary>
    /// Prefix, with its dot, of the names of adapters that belong to the model as a whole: <c>bert.</c>. Empty in an encoder-decoder, whose two stacks
    /// have none in common.
    /// </summary>
    internal static string BackboneOf(nn.Module model)
    {
        string[] roots = [.. Of(model).Select(place => place.Path[..(place.Path.IndexOf('.', StringComparison.Ordinal) + 1)]).Distinct()];
        return roots.Length == 1 ? roots[0] : "";
    }

    private static IEnumerable<(string Path, SublayerSlot SublayerSlot)> Below(nn.Module parent, string prefix)
    {
        foreach ((string name, nn.Module child) in parent.named_children())
        {
            IEnumerable<(string, SublayerSlot)> found = child is SublayerSlot slot ? [(prefix + name, slot)] : Below(child, $"{prefix}{name}.");
            foreach ((string, SublayerSlot) entry in found)
            {
                yield return entry;
            }
        }
    }

    // 'encoder.block.0' of 'encoder.block.0.layer.1.adapters': the parts of a block may be numbered too.
    private static string BlockOf(string path)
    {
        string[] parts = path.Split('.');
        int number = Array.FindIndex(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return string.Join('.', parts[..(number + 1)]);
    }
}

/// <summary>A place after a sublayer.</summary>
/// <param name="Path">The module that has the tensors in AdapterHub's keys, such as <c>bert.encoder.layer.0.output</c>.</param>
/// <param name="SublayerSlot">The place.</param>
/// <param name="Block">Number of its block, counted over all lists of blocks: a decoder's go on where the encoder's end.</param>
internal sealed record NamedSublayerSlot(string Path, SublayerSlot SublayerSlot, int Block);
