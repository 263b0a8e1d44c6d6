namespace Peft.Declarative.Tests.Methods.AdapterFusion;

internal static class AdapterFusionSamples
{
    private static readonly Dictionary<string, AdapterConfig> Two = new()
    {
        ["x"] = new BottleneckConfig { Reduction = 4 },
        ["y"] = new BottleneckConfig { Reduction = 2 },
    };

    // The key's bias adds the same to the scores of all adapters, and softmax takes away what is common to all.
    private static readonly string[] Shift = [".key.bias"];

    // A fusion starts as almost the mean of what it blends, which is not the base.
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("fusion", new AdapterFusionConfig { Adapters = ["x", "y"] })
        {
            Members = Two,
            StartsElsewhere = true,
            Merges = false,
            ZeroGradients = Shift,
        },
        new("fusion, no value", new AdapterFusionConfig { Adapters = ["x", "y"], Value = false })
        {
            Members = Two,
            StartsElsewhere = true,
            Merges = false,
            ZeroGradients = Shift,
            WithDropout = new AdapterFusionConfig { Adapters = ["x", "y"], Value = false, Dropout = 0.2 },
        },
    ];
}
