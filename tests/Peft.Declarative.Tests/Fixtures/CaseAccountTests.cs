namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Every folder of the reference data has a test that opens it.</summary>
public sealed class CaseAccountTests
{
    [Fact]
    public void Cases_OfAllTests_AreAllFolders()
    {
        string[] opened =
        [
            .. new IEnumerable<object[]>[]
            {
                ParityTests.Cases, SelectiveParityTests.Cases, FusionParityTests.Cases, MixedBatchParityTests.MixedBatches, MixedBatchParityTests.ActiveMany,
                MixedTypesParityTests.Cases,
            }.SelectMany(rows => rows).Select(row => (string)row[0]),
            .. WeightedParityTests.Specs.Select(row => (string)row[0]).Distinct(),
            .. ParityTests.All.Where(CaseKinds.Quantizations.Contains),
        ];

        Assert.Equal(ParityTests.All, opened.Order(StringComparer.Ordinal));
    }
}
