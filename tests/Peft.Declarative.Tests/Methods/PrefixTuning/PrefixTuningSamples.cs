namespace Peft.Declarative.Tests.Methods.PrefixTuning;

internal static class PrefixTuningSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("prefix tuning", new PrefixTuningConfig { Tokens = 3 }) { StartsElsewhere = true, Merges = false },
        new("prefix tuning, projection", new PrefixTuningConfig { Tokens = 3, Projection = true, ProjectionHidden = 6 }) { StartsElsewhere = true, Merges = false },
        new("prefix tuning, beside", new PrefixTuningConfig { Tokens = 3, Placement = PrefixPlacement.Beside }) { StartsElsewhere = true, Merges = false, PaddingCountsIn = ["t5"] },
        new("prefix tuning, gated", new PrefixTuningConfig { Tokens = 3, Placement = PrefixPlacement.Beside, Projection = true, ProjectionHidden = 6, Gated = true })
        {
            StartsElsewhere = true,
            Merges = false,
            WeighsTheCall = true,
            PaddingCountsIn = ["t5"],
        },
    ];
}
