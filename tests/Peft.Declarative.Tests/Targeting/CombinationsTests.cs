using Peft.Declarative.Targeting;

namespace Peft.Declarative.Tests.Targeting;

public class CombinationsTests
{
    [Fact]
    public void Conflict_TwoAdaptersThatTrainBaseBiases_NamesTheClaim() =>
        Assert.Equal("train the biases of the base", Combinations.Conflict(["Lora", Combinations.TrainsBaseBiases], ["Lora", Combinations.TrainsBaseBiases]));

    [Fact]
    public void Conflict_LearnedTokensAndPacking_SaysWhatIsInTheWay() =>
        Assert.StartsWith("it has virtual tokens", Combinations.Conflict(["Lora", Combinations.PutsTokensBeforeText], [Combinations.PacksTexts]), StringComparison.Ordinal);

    [Fact]
    public void Conflict_TwoPlainAdapters_CanBeCombined() => Assert.Null(Combinations.Conflict(["Lora"], ["Lora", Combinations.TrainsBaseBiases]));
}
