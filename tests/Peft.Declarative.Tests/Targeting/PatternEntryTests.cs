using Peft.Declarative.Targeting;

namespace Peft.Declarative.Tests.Targeting;

public class PatternEntryTests
{
    [Fact]
    public void Parse_NameAndNumber_Splits() => Assert.Equal(new PatternEntry("q_proj", 4), PatternEntry.Parse("q_proj=4", whole: true));

    [Fact]
    public void Parse_ExpressionWithEqualsSign_SplitsAtTheLast() => Assert.Equal(new PatternEntry("(?=q)q_proj", 1.5), PatternEntry.Parse("(?=q)q_proj=1.5", whole: false));

    [Theory]
    [InlineData("q_proj")]
    [InlineData("=4")]
    [InlineData("q_proj=0")]
    [InlineData("q_proj=4.5")]
    [InlineData("q_proj=four")]
    public void Parse_OtherForms_GiveNothing(string text) => Assert.Null(PatternEntry.Parse(text, whole: true));
}
