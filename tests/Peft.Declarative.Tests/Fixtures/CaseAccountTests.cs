namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Every folder of the reference data has a test that opens it, or a reason why none does.</summary>
public sealed class CaseAccountTests
{
    public static TheoryData<string> Skipped { get; } = [.. ParityTests.All.Where(name => CaseKinds.WhyNot(name) is not null)];

    // A theory without a row is an error, and a set can be run as a whole.
    public static TheoryData<string> SkippedOrNone { get; } = Skipped.Count > 0 ? Skipped : ["none"];

    [SkippableTheory]
    [MemberData(nameof(SkippedOrNone))]
    public void Case_ThatNoTestOpens_SaysWhy(string name) => Skip.If(true, CaseKinds.WhyNot(name) ?? "All cases of this set are run.");

    [Fact]
    public void Cases_OfAllTests_AreAllFolders()
    {
        string[] opened =
        [
            .. new IEnumerable<object[]>[]
            {
                ParityTests.Cases, SelectiveParityTests.Cases, FusionParityTests.Cases, MixedBatchParityTests.MixedBatches, MixedBatchParityTests.ActiveMany, Skipped,
            }.SelectMany(rows => rows).Select(row => (string)row[0]),
            .. WeightedParityTests.Specs.Select(row => (string)row[0]).Distinct(),
            .. ParityTests.All.Where(CaseKinds.Quantizations.Contains),
        ];

        Assert.Equal(ParityTests.All, opened.Order(StringComparer.Ordinal));
    }
}
