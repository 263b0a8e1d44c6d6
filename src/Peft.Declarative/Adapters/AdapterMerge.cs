using Peft.Declarative.Declaration;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Adapters;

/// <summary>Merges adapters into the base weights and restores the base weights.</summary>
internal static class AdapterMerge
{
    internal static void Merge(IReadOnlyList<Adapter> adapters, bool dequantize)
    {
        string[] obstacles = [.. adapters.SelectMany(adapter => Obstacles(adapter, dequantize))];
        if (obstacles.Length > 0)
        {
            throw new PeftException(RuleIds.CannotMerge, string.Join(" ", obstacles));
        }

        IMergeable[] parts = [.. adapters.SelectMany(Parts).Where(part => !part.Merged)];
        try
        {
            foreach (IMergeable part in parts)
            {
                part.Merged = true;   // first, so that the base's parameter is copied and not its override
                part.MergeTarget?.Merged.Add(part);
            }
        }
        catch
        {
            Unmerge(parts);   // the memory did not suffice for the last layers; the first ones must not stay merged
            throw;
        }
    }

    internal static void Unmerge(IEnumerable<Adapter> adapters) => Unmerge([.. adapters.SelectMany(Parts)]);

    private static void Unmerge(IMergeable[] parts)
    {
        foreach (IMergeable part in parts.Where(part => part.Merged))
        {
            part.MergeTarget?.Merged.Remove(part);
            part.Merged = false;
        }
    }

    private static IEnumerable<string> Obstacles(Adapter adapter, bool dequantize)
    {
        MethodFacts[] offWeights = [.. adapter.Config.Methods.Select(method => method.Facts).Where(facts => !facts.Merges)];
        if (offWeights.Length > 0)
        {
            return offWeights.Select(facts => RuleTexts.OffWeights(adapter.Name, facts.Name, facts.Place));
        }

        string[] obstacles =
        [
            .. from entry in adapter.Parts
               let target = (entry.Part as IMergeable)?.MergeTarget
               let obstacle = target is null ? null : ((IMergeable)entry.Part).Obstacle(target)
               where obstacle is not null
               select $"The adapter '{adapter.Name}' cannot be merged into '{entry.Path}': {obstacle}",
        ];

        // Quantizing the sum again would lose most of the adapter's update.
        return obstacles.Length == 0 && !dequantize && Parts(adapter).Select(part => part.MergeTarget?.Quantized).OfType<QuantizedStore>().FirstOrDefault() is { } store
            ? [RuleTexts.InFourBits(adapter.Name, store.Weight.Settings.Bits)]
            : obstacles;
    }

    private static IEnumerable<IMergeable> Parts(Adapter adapter) => adapter.Parts.Select(entry => entry.Part).OfType<IMergeable>();
}
