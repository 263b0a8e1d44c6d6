using Peft.Declarative.Targeting;
using static Peft.Declarative.Tests.Targeting.SampleLayers;

namespace Peft.Declarative.Tests.Targeting;

public class TargetSelectorTests
{
    [Fact]
    public void Select_NameInList_TakesThatLayerOfEveryBlock()
    {
        TargetSelection selection = Select(new() { Targets = ["q_proj"] });

        Assert.Equal(["model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj"], selection.Paths());
        Assert.Empty(selection.Problems);
    }

    [Fact]
    public void Select_NameThatEndsAnother_MatchesOnDotOnly()
    {
        TargetSelection selection = Select(new() { Targets = ["proj"] });

        Assert.Empty(selection.Adapted);
        Assert.Equal("PEFT101", Assert.Single(selection.Problems).Id);
    }

    [Fact]
    public void Select_AllLinear_LeavesOutHeadAndEmbedding()
    {
        TargetSelection selection = Select(new() { Targets = ["All-Linear"] });

        Assert.Equal(14, selection.Adapted.Count);
        Assert.DoesNotContain("lm_head", selection.Paths());
        Assert.DoesNotContain("model.embed_tokens", selection.Paths());
    }

    [Fact]
    public void Select_HeadByName_AdaptsIt() => Assert.Equal(["lm_head"], Select(new() { Targets = ["lm_head"] }).Paths());

    [Fact]
    public void Select_NoTargets_TakesDefaults() =>
        Assert.Equal(4, Select(new() { DefaultTargets = ["q_proj", "v_proj", "only_in_other_variants"] }).Adapted.Count);

    [Theory]
    [InlineData(@".*\.0\..*(q|v)_proj", 2)]
    [InlineData(@".*mlp.*", 6)]
    public void Select_Expression_MustMatchWholePath(string pattern, int count)
    {
        TargetSelection selection = Select(new() { TargetPattern = pattern });

        Assert.Equal(count, selection.Adapted.Count);
        Assert.Empty(selection.Problems);
    }

    [Fact]
    public void Select_PlainNameAsExpression_MatchesNothingAndSaysWhy()
    {
        TargetProblem problem = Assert.Single(Select(new() { TargetPattern = "q_proj" }).Problems);

        Assert.Equal("PEFT101", problem.Id);
        Assert.Contains("must match the whole path", problem.Message);
    }

    [Fact]
    public void Select_Layers_KeepsThoseBlocks() =>
        Assert.Equal(["model.layers.1.self_attn.q_proj"], Select(new() { Targets = ["q_proj"], Layers = [1], LayersPattern = ["layers"] }).Paths());

    [Fact]
    public void Select_LayersWithFullPath_DoesNotFilterThatPath() =>
        Assert.Equal(
            ["model.layers.0.self_attn.k_proj", "model.layers.1.self_attn.q_proj"],
            Select(new() { Targets = ["q_proj", "model.layers.0.self_attn.k_proj"], Layers = [1] }).Paths());

    [Fact]
    public void Select_Exclude_ByNameAndByExpression()
    {
        Assert.Equal(["model.layers.0.self_attn.v_proj", "model.layers.1.self_attn.v_proj"], Select(new() { Targets = ["q_proj", "v_proj"], Exclude = ["q_proj"] }).Paths());
        Assert.Equal(["model.layers.1.self_attn.q_proj"], Select(new() { Targets = ["q_proj"], ExcludePattern = @".*\.0\..*" }).Paths());
    }

    [Fact]
    public void Select_ModuleToSave_IsSavedAndNothingBelowItIsAdapted()
    {
        TargetSelection selection = Select(new() { Targets = ["q_proj", "up_proj"], ModulesToSave = ["mlp", "norm"] });

        Assert.Equal(["model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj"], selection.Paths());
        Assert.Equal(9, selection.Saved.Count);
        Assert.Contains(selection.Saved, layer => layer.Path == "model.norm");
        Assert.DoesNotContain(selection.Saved, layer => layer.Name == "input_layernorm");
    }

    [Fact]
    public void Select_LenientModuleToSave_MatchesInTheMiddleOfAName()
    {
        TargetSelection selection = Select(new() { Targets = ["q_proj"], ModulesToSave = ["norm"], Lenient = true });

        Assert.Equal(5, selection.Saved.Count);
    }

    [Fact]
    public void Select_EmptyTargetsWithModulesToSave_IsAllowed() => Assert.Empty(Select(new() { Targets = [], ModulesToSave = ["norm"] }).Problems);
}
