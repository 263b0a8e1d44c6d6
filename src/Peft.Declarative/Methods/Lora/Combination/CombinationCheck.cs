using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Methods.Lora.Combination;

/// <summary>Refuses combinations that cannot be computed; every problem is listed.</summary>
internal static class CombinationCheck
{
    private const string Instead = "Merge the adapter and save the model instead.";

    internal static void Run(AdapterSet adapters, IReadOnlyList<(Adapter Adapter, double Weight)> members, LoraCombination combination)
    {
        string model = adapters.Model.GetType().Name;
        string[] numbers = [.. Numbers(model, members, combination)];
        if (numbers.Length > 0)
        {
            throw new PeftException(RuleIds.OutOfRange, string.Join(" ", numbers));
        }

        string[] obstacles = [.. members.SelectMany(member => Obstacles(member.Adapter)), .. Ranks(members, combination)];
        if (obstacles.Length > 0)
        {
            throw new PeftException(RuleIds.Incompatible, string.Join(Environment.NewLine, obstacles.Distinct()));
        }
    }

    /// <summary>Whether the result has no error, because factors are put beside each other.</summary>
    internal static bool IsExact(IReadOnlyList<(Adapter Adapter, double Weight)> members, LoraCombination combination) =>
        combination.Operator == CombinationOperator.Linear && !combination.ScalesTwice && members.All(member => AllRanks(member.Adapter).Any());

    /// <summary>The greatest rank of the adapters; <see langword="null"/> if one has none.</summary>
    internal static int? GreatestRank(IReadOnlyList<(Adapter Adapter, double Weight)> members) =>
        members.All(member => AllRanks(member.Adapter).Any()) ? members.Max(member => AllRanks(member.Adapter).Max()) : null;

    private static IEnumerable<string> Numbers(
        string model, IReadOnlyList<(Adapter Adapter, double Weight)> members, LoraCombination combination)
    {
        if (members.Count == 0)
        {
            yield return $"No adapters of '{model}' are named, so there is nothing to combine. Name at least one, with its weight.";
        }

        if (members.GroupBy(member => member.Adapter.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            yield return $"The adapter '{twice.Key}' of '{model}' is named {twice.Count()} times. Name it once, with the sum of its weights.";
        }

        foreach ((Adapter adapter, double weight) in members.Where(member => !double.IsFinite(member.Weight)))
        {
            yield return FormattableString.Invariant($"The weight of '{adapter.Name}' is {weight}, but must be a finite number.");
        }

        if (combination.Rank < 1)
        {
            yield return FormattableString.Invariant($"Rank is {combination.Rank}, but must be at least 1.");
        }

        if (combination.Density is not (> 0 and <= 1))
        {
            yield return FormattableString.Invariant($"Density is {combination.Density}, but must be above 0 and at most 1.");
        }

        if (combination is { Operator: CombinationOperator.Linear, Density: > 0 and < 1 })
        {
            yield return FormattableString.Invariant($"Density is {combination.Density}, but a weighted sum prunes nothing. Choose the operator MagnitudePrune, or leave Density out.");
        }
    }

    private static IEnumerable<string> Obstacles(Adapter adapter)
    {
        foreach ((string path, IAdapterPart part) in adapter.Parts)
        {
            if (Obstacle(adapter, part) is { } obstacle)
            {
                yield return $"The adapter '{adapter.Name}' ({adapter.Config.Facts.Name}) cannot be combined into a LoRA adapter at '{(path.Length == 0 ? "the model" : path)}': {obstacle}";
                yield break;   // the same holds for its other layers
            }
        }
    }

    private static string? Obstacle(Adapter adapter, IAdapterPart part) => part switch
    {
        AdapterLayer { IsTarget: false } => "it is trained in full, which no product of low rank replaces.",
        TrainedBias bias when !adapter.Parts.Any(entry => entry.Part is IMergeable { MergeTarget: { } changed } and not TrainedBias && changed == bias.MergeTarget) =>
            $"it trains a bias without the weight beside it, and a product of two matrices changes no bias. {Instead}",
        IMergeable { MergeTarget: { } target } when !LoraFacts.Method.Adaptable.Contains(target.Kind) =>
            $"it trains a norm, which is no matrix, so that no product of two replaces it. {Instead}",
        TrainedWeight { MergeTarget: Embedding { TiedHeads.Count: > 0 } } =>
            $"the output head has the same weight, and would not change with an adapter of the embedding. {Instead}",
        ILowRank { HasFactors: true } => null,
        IMergeable { MergeTarget: { } target } mergeable => mergeable.Obstacle(target),
        _ => "this part is no change of a layer's weight.",
    };

    private static IEnumerable<string> Ranks(IReadOnlyList<(Adapter Adapter, double Weight)> members, LoraCombination combination)
    {
        if (combination.Space == CombinationSpace.Factors)
        {
            if (members.FirstOrDefault(member => !AllRanks(member.Adapter).Any()) is { Adapter: { } other })
            {
                yield return $"The adapter '{other.Name}' ({other.Config.Facts.Name}) has no factors to combine. Use CombinationSpace.Deltas.";
            }
            else if (members.SelectMany(member => AllRanks(member.Adapter)).Distinct().Count() > 1)
            {
                yield return $"The ranks of {string.Join(", ", members.Select(member => $"'{member.Adapter.Name}' ({string.Join(", ", AllRanks(member.Adapter).Distinct())})"))} differ, "
                    + "so their factors cannot be combined. Use CombinationSpace.Deltas.";
            }
            else if (combination.Rank is { } rank && rank != AllRanks(members[0].Adapter).First())
            {
                yield return FormattableString.Invariant($"Rank is {rank}, but factors are combined at their own rank, {AllRanks(members[0].Adapter).First()}. Leave Rank out, or use CombinationSpace.Deltas.");
            }
        }
        else if (combination.Rank is null && GreatestRank(members) is null)
        {
            yield return "Not all of the adapters have a rank, so that of the new one is not known. Set Rank.";
        }
    }

    // None unless every change of a weight is a product.
    private static IEnumerable<int> AllRanks(Adapter adapter)
    {
        IAdapterPart[] changes = [.. adapter.Parts.Select(entry => entry.Part).Where(part => part is not TrainedBias)];
        return changes.All(part => part is ILowRank { HasFactors: true }) ? changes.Select(part => (int)((ILowRank)part).A.size(0)) : [];
    }
}
