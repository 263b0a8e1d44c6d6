using Peft.Declarative.Errors;
using Peft.Declarative.Layers;

namespace Peft.Declarative.Adapters;

/// <summary>Folds adapters into the base weights and takes them out again.</summary>
internal static class AdapterMerge
{
    internal static void Merge(IReadOnlyList<Adapter> adapters, bool dequantize)
    {
        RefuseUnmergeable(adapters);
        if (!dequantize)
        {
            RefuseQuantized(adapters);
        }

        foreach (Adapter adapter in adapters)
        {
            foreach (IMergeable part in Parts(adapter).Where(part => !part.Merged))
            {
                part.Merged = true;   // first, so that what is copied is the base and not a stand-in
                part.MergeTarget?.Merged.Add(part);
            }
        }
    }

    internal static void Unmerge(IEnumerable<Adapter> adapters)
    {
        foreach (IMergeable part in adapters.SelectMany(Parts).Where(part => part.Merged))
        {
            part.MergeTarget?.Merged.Remove(part);
            part.Merged = false;
        }
    }

    private static void RefuseUnmergeable(IReadOnlyList<Adapter> adapters)
    {
        foreach (Adapter adapter in adapters)
        {
            if (adapter.Parts.Any(entry => entry.Part is not IMergeable))
            {
                throw new PeftException(RuleIds.CannotMerge,
                    $"The adapter '{adapter.Name}' is a {MethodCatalog.Of(adapter.Config).Facts.Name}, which sits {MethodCatalog.Of(adapter.Config).Facts.Place} and not on weights, and cannot be merged. "
                    + "Save it by itself, or merge the other adapters only.");
            }

            foreach ((string path, IAdapterPart part) in adapter.Parts)
            {
                if (part is IMergeable { MergeTarget: { } target } mergeable && mergeable.Obstacle(target) is { } obstacle)
                {
                    throw new PeftException(RuleIds.CannotMerge, $"The adapter '{adapter.Name}' cannot be merged into '{path}': {obstacle}");
                }
            }
        }
    }

    // Rounding the sum to 4 bits again would lose most of what an adapter adds.
    private static void RefuseQuantized(IReadOnlyList<Adapter> adapters)
    {
        foreach (Adapter adapter in adapters)
        {
            int quantized = Parts(adapter).Select(part => part.MergeTarget).Distinct().Count(layer => layer?.Quantized is not null);
            if (quantized > 0)
            {
                throw new PeftException(RuleIds.CannotMerge,
                    $"The adapter '{adapter.Name}' sits on {quantized} layers of 4 bits, whose codes have no room for it. "
                    + "Call Merge(dequantize: true), which gives these layers dense weights until Unmerge, or save the adapter by itself.");
            }
        }
    }

    private static IEnumerable<IMergeable> Parts(Adapter adapter) => adapter.Parts.Select(entry => entry.Part).OfType<IMergeable>();
}
