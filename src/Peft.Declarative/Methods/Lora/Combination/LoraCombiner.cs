using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora.Combination;

/// <summary>Computes the factors of the new adapter layer by layer, and adds it to the model.</summary>
internal static class LoraCombiner
{
    internal static LoraApproximation Combine(
        AdapterSet adapters, string name, IReadOnlyList<(string Name, double Weight)> weights, LoraCombination combination)
    {
        using ModelUse.Use change = adapters.Use.Change("combine adapters");
        adapters.RefuseWhileMerged("combine adapters");
        (Adapter Adapter, double Weight)[] members = [.. weights.Select(entry => (adapters[entry.Name], entry.Weight))];
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        CombinationCheck.Run(adapters, members, combination);
        if (adapters.Has(name))
        {
            throw new PeftException(RuleIds.DuplicateName, RuleTexts.DuplicateName(adapters.Model.GetType().Name, name));
        }

        // An active adapter may show weights of its own in place of the base's, of which others are changes.
        using IDisposable? disabled = adapters.Active.Any(adapter => adapter.OverridesBase) ? adapters.Disabled() : null;
        IReadOnlyList<CombinedLayer> layers = Layers(members, combination);
        var combined = new Adapter(name, Config(adapters.Model, members, layers, combination));
        using (adapters.Unmerged())   // adding an adapter activates it
        {
            adapters.Attach(combined);
            Fill(combined, layers);
        }

        double norm = Math.Sqrt(layers.Sum(layer => layer.Norm * layer.Norm)), error = Math.Sqrt(layers.Sum(layer => layer.Error * layer.Error));
        return new LoraApproximation(combined, layers.ToDictionary(layer => layer.Path, layer => layer.RelativeError), norm == 0 ? 0 : error / norm);
    }

    private static IReadOnlyList<CombinedLayer> Layers(IReadOnlyList<(Adapter Adapter, double Weight)> members, LoraCombination combination)
    {
        using var seeded = new TorchSharp.torch.Generator(combination.Seed);
        TorchSharp.torch.Generator random = combination.Random ?? seeded;
        int? rank = combination.Rank ?? (CombinationCheck.IsExact(members, combination) ? null : CombinationCheck.GreatestRank(members));
        List<(string Path, LayerChange Change)> changes = [];
        foreach ((Adapter adapter, double weight) in members)
        {
            changes.AddRange(adapter.Parts.Select(entry => (entry.Path, new LayerChange((IMergeable)entry.Part, ((IMergeable)entry.Part).MergeTarget!, weight))));
        }

        return
        [
            .. from entry in changes
               group entry.Change by entry.Path into layer
               select CombinedLayer.Of(layer.Key, [.. layer], combination, Within(rank, layer.First()), random),
        ];
    }

    private static int? Within(int? rank, LayerChange change) =>
        rank is { } wanted ? (int)Math.Min(wanted, Math.Min(change.Layer.Output, change.Layer.Input)) : null;

    // A scaling of 1 everywhere. The layers are named in full where the adapters do not all name the same ones.
    private static LoraConfig Config(
        nn.Module model, IReadOnlyList<(Adapter Adapter, double Weight)> members, IReadOnlyList<CombinedLayer> layers, LoraCombination combination)
    {
        int usual = combination.HasOneRank ? combination.Rank!.Value : (int)layers.GroupBy(layer => layer.Factors.Rank).MaxBy(group => group.Count())!.Key;
        CombinedLayer[] others = combination.HasOneRank ? [] : [.. layers.Where(layer => layer.Factors.Rank != usual)];
        return new LoraConfig
        {
            Rank = usual,
            Alpha = usual,
            RankPattern = [.. others.Select(layer => KeyValuePair.Create(layer.Path, (int)layer.Factors.Rank))],
            AlphaPattern = [.. others.Select(layer => KeyValuePair.Create(layer.Path, (double)layer.Factors.Rank))],
            OwnBias = layers.Any(layer => layer.Bias is not null),
            Targets = SharedTargets(model, members) ?? [.. layers.Select(layer => layer.Path)],
        };
    }

    private static IReadOnlyList<string>? SharedTargets(nn.Module model, IReadOnlyList<(Adapter Adapter, double Weight)> members)
    {
        IReadOnlyList<string>?[] named = [.. members.Select(member => (member.Adapter.Config.Resolve(member.Adapter, model) as LayerAdapterConfig) is
            { TargetPattern: null, Exclude: null, ExcludePattern: null, Layers: null } config ? config.Targets : null)];
        return named[0] is { } first && !first.Contains(LayerAdapterAttribute.AllLinear) && named.All(other => other?.ToHashSet().SetEquals(first) == true)
            ? first
            : null;
    }

    private static void Fill(Adapter combined, IReadOnlyList<CombinedLayer> layers)
    {
        Dictionary<string, ILowRank> parts = combined.Parts.ToDictionary(entry => entry.Path, entry => (ILowRank)entry.Part);
        foreach (CombinedLayer layer in layers)
        {
            ILowRank part = parts[layer.Path];
            part.A.zero_().narrow(0, 0, layer.Factors.Rank).copy_(layer.Factors.A);
            part.B.zero_().narrow(1, 0, layer.Factors.Rank).copy_(layer.Factors.B);
            if (layer.Bias is not null)
            {
                part.Bias!.copy_(layer.Bias);
            }
        }
    }
}
