using Peft.Declarative.Targeting;

namespace Peft.Declarative.Tests.Targeting;

public class NearNamesTests
{
    private static readonly string[] Names = ["q_proj", "k_proj", "v_proj", "o_proj", "lm_head", "fc1", "fc2"];

    [Theory]
    [InlineData("q_porj", "q_proj")]
    [InlineData("qProj", "q_proj")]
    [InlineData("LmHead", "lm_head")]
    [InlineData("FC1", "fc1")]
    [InlineData("w_proj", "k_proj,o_proj,q_proj")]
    [InlineData("fc3", "")]
    [InlineData("attention", "")]
    public void Of_Typed_GivesNearestOnly(string typed, string near) => Assert.Equal(near, string.Join(",", NearNames.Of(typed, Names)));
}
