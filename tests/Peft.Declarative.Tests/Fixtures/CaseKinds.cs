namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Which test opens a case of the reference data.</summary>
internal enum CaseKind
{
    /// <summary>One adapter, loaded from its files.</summary>
    Adapter,

    /// <summary>A part of the base that is trained.</summary>
    Selective,

    /// <summary>Bottlenecks that are composed.</summary>
    Fusion,

    /// <summary>Codes and scales.</summary>
    Quantization,

    /// <summary>Rows of different adapters.</summary>
    MixedBatch,

    /// <summary>Several adapters on every row.</summary>
    ActiveMany,

    /// <summary>Adapters of different methods on every row.</summary>
    MixedTypes,

    /// <summary>Adapters mixed into a new one.</summary>
    Weighted,
}

/// <summary>Accounts for every folder of the reference data, so that none is passed over silently.</summary>
internal static class CaseKinds
{
    /// <summary>The cases of codes and scales.</summary>
    internal static IReadOnlyList<string> Quantizations { get; } = [QuantizationParityTests.CaseName, EightBitParityTests.CaseName, LoftQParityTests.CaseName];

    internal static CaseKind Of(string name)
    {
        string folder = Path.Combine(FixtureCase.Root!, "cases", name);
        return Quantizations.Contains(name) ? CaseKind.Quantization
            : name.Contains("__sel_", StringComparison.Ordinal) ? CaseKind.Selective
            : Directory.Exists(Path.Combine(folder, "fusion")) ? CaseKind.Fusion
            : name.EndsWith("__mixed_batch", StringComparison.Ordinal) ? CaseKind.MixedBatch
            : name.EndsWith("__active_many", StringComparison.Ordinal) ? CaseKind.ActiveMany
            : name.EndsWith("__mixed_types", StringComparison.Ordinal) ? CaseKind.MixedTypes
            : WeightedParityTests.IsWeighted(name) ? CaseKind.Weighted
            : Directory.Exists(Path.Combine(folder, "adapter")) ? CaseKind.Adapter
            : throw new InvalidOperationException($"No test opens the case '{name}'. Write one.");
    }
}
