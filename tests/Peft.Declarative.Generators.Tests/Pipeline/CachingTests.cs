using Peft.Declarative.Generators.Tests.Hosting;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace Peft.Declarative.Generators.Tests.Pipeline;

public class CachingTests
{
    private const string Declaration = Steps.Declaration;

    [Fact]
    public void FirstRun_EveryStepIsNew()
    {
        var edits = new Edits();

        Assert.Equal([New], edits.Reasons(Steps.Config));
        Assert.Equal([New], edits.Reasons(Declaration));
        Assert.Equal([New], edits.Reasons(Steps.Plan));
        Assert.Equal([New], edits.OutputReasons);
    }

    [Fact]
    public void EditElsewhere_NothingIsDoneAgain()
    {
        Edits edits = new Edits().Change("Other.cs", "class Other { int added; }");

        Assert.Equal([Cached], edits.Reasons(Steps.Config));
        Assert.Equal([Cached], edits.Reasons(Declaration));
        Assert.Equal([Cached], edits.Reasons(Steps.Plan));
        Assert.Equal([Cached], edits.OutputReasons);
    }

    [Theory]
    [InlineData("public sealed partial class Persona", "// a comment\npublic sealed partial class Persona")]
    [InlineData("{\n}", "{\n    private int count;\n    private void Method() { }\n}")]
    public void HarmlessEditInTheFile_GivesTheSamePlan(string before, string after)
    {
        Edits edits = new Edits().Change("User.cs", Edits.Persona.ReplaceLineEndings("\n").Replace(before, after));

        Assert.Equal([Cached], edits.Reasons(Declaration));
        Assert.Equal([Cached], edits.Reasons(Steps.Plan));
        Assert.Equal([Cached], edits.OutputReasons);
    }

    [Fact]
    public void OtherRank_ChangesEveryStepAfterTheConfig()
    {
        Edits edits = new Edits().Change("User.cs", Edits.Persona.Replace("rank: 8", "rank: 4"));

        Assert.Equal([Cached], edits.Reasons(Steps.Config));
        Assert.Equal([Modified], edits.Reasons(Declaration));
        Assert.Equal([Modified], edits.Reasons(Steps.Plan));
        Assert.Equal([Modified], edits.OutputReasons);
    }

    [Fact]
    public void OtherConfig_ChangesThePlanAndNotTheDeclaration()
    {
        Edits edits = new Edits().ChangeConfig(Configs.Gpt2.Text.Replace("768", "1024"));

        Assert.Equal([Modified], edits.Reasons(Steps.Config));
        Assert.DoesNotContain(Modified, edits.Reasons(Declaration));
        Assert.Equal([Modified], edits.Reasons(Steps.Plan));
    }

    [Fact]
    public void ConfigWithOtherSpaces_GivesTheSamePlan()
    {
        Edits edits = new Edits().ChangeConfig(Configs.Gpt2.Text.Replace(":", " :  "));

        Assert.Equal([Unchanged], edits.Reasons(Steps.Config));
        Assert.Equal([Cached], edits.OutputReasons);
    }

    [Fact]
    public void RemovedAttribute_RemovesTheFiles()
    {
        Edits edits = new Edits().Change("User.cs", Edits.Persona.Replace("[Lora(rank: 8)]", "").Replace("[BaseConfig(\"gpt2/config.json\")]", ""));

        Assert.Equal([Removed], edits.Reasons(Steps.Plan));
        Assert.Empty(edits.Result.GeneratedSources);
    }
}
