using System.Globalization;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>Enumerates the sublayer slots of a model.</summary>
internal static class SublayerSlots
{
    // In AdapterHub's keys, the adapters belong to the sublayer itself in some families, and to a separate module in others.
    private const string OwnName = ".adapters";

    /// <summary>All slots, in the order of the model.</summary>
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
    /// The prefix of the names of adapters that belong to the model as a whole, including the dot: <c>bert.</c>. It is empty for an encoder-decoder, whose
    /// two stacks have no common prefix.
    /// </summary>
    internal static string BackboneOf(nn.Module model)
    {
        string[] roots = [.. Of(model).Select(slot => slot.Path[..(slot.Path.IndexOf('.', StringComparison.Ordinal) + 1)]).Distinct()];
        return roots.Length == 1 ? roots[0] : "";
    }

    private static IEnumerable<(string Path, SublayerSlot SublayerSlot)> Below(nn.Module parent, string prefix)
    {
        foreach ((string name, nn.Module child) in parent.named_children())
        {
            if (child is AdapterLayer)
            {
                continue;   // hundreds can be around a layer, and a layer contains no sublayer
            }

            IEnumerable<(string, SublayerSlot)> found = child is SublayerSlot slot ? [(prefix + name, slot)] : Below(child, $"{prefix}{name}.");
            foreach ((string, SublayerSlot) entry in found)
            {
                yield return entry;
            }
        }
    }

    // 'encoder.block.0' of 'encoder.block.0.layer.1.adapters'. The parts of a block can be numbered as well.
    private static string BlockOf(string path)
    {
        string[] parts = path.Split('.');
        int number = Array.FindIndex(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return string.Join('.', parts[..(number + 1)]);
    }
}

/// <summary>A sublayer slot with its name and block.</summary>
/// <param name="Path">The module that contains the tensors in AdapterHub's keys, such as <c>bert.encoder.layer.0.output</c>.</param>
/// <param name="SublayerSlot">The slot.</param>
/// <param name="Block">The index of its block. Blocks are counted over all stacks: the decoder's follow the encoder's.</param>
internal sealed record NamedSublayerSlot(string Path, SublayerSlot SublayerSlot, int Block);
