using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.AdaLora;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class AdaLoraFacts
{
    internal const int InitialRank = 12;
    internal const int TargetRank = 8;
    internal const int AllocateEvery = 1;
    internal const double Decay = 0.85;
    internal const double OrthogonalWeight = 0.5;

    private const string Share = "0 or more and less than 1";

    internal static MethodFacts Method { get; } = new("AdaLora", MethodClass.Reparameterized, "on the weight, ranks allocated during training", "2303.10512")
    {
        PeftType = "ADALORA",
        Adaptable = LayerKinds.WithProduct,
        Numbers =
        [
            NumberRule.Rank("initialRank"),
            NumberRule.Rank("targetRank"),
            NumberRule.Alpha,
            NumberRule.Dropout(),
            NumberRule.AtLeast("WarmupSteps", 0),
            NumberRule.AtLeast("FinalSteps", 0),
            NumberRule.AtLeast("AllocateEvery", 1),
            NumberRule.In("SensitivityDecay", value => value is >= 0 and < 1, Share),
            NumberRule.In("UncertaintyDecay", value => value is >= 0 and < 1, Share),
            NumberRule.In("OrthogonalWeight", value => value >= 0 && NumberRule.IsFinite(value), "0 or more; 0.1 to 0.5 is common"),
        ],
    };

    /// <summary>Gets the message for ranks that are in range but do not allow pruning; <see langword="null"/> if they do.</summary>
    internal static string? NothingToPrune(string model, int initialRank, int targetRank) => initialRank < 1 || targetRank < 1 || targetRank < initialRank ? null
        : $"Target rank {targetRank} of [{Method.Name}] on '{model}' is not below the initial rank {initialRank}, so no rank would be pruned. Use {Math.Max(1, initialRank * 2 / 3)}, or start higher.";
}
