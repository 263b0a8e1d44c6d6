using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;
using Peft.Declarative.Tests.Targeting;

namespace Peft.Declarative.Tests.Methods.Lora;

public class LowRankPatternsTests
{
    [Fact]
    public void Patterns_FirstEntryThatFits_Decides()
    {
        var patterns = new LowRankPatterns(8, 16, [new("layers.0.*q_proj", 2), new("q_proj", 4)], [new("v_proj", 32)]);

        TargetSelection selection = Select(new() { Targets = ["q_proj", "v_proj"] }, patterns);

        Assert.Equal([(2, 16.0), (8, 32.0), (4, 16.0), (8, 32.0)], selection.Adapted.Select(layer => (patterns.RankOf(layer.Path), patterns.AlphaOf(layer.Path))));
        Assert.Empty(selection.Problems);
    }

    [Fact]
    public void PatternKey_OfALayerThatIsNotAdapted_IsAProblem()
    {
        TargetProblem problem = Assert.Single(Select(new() { Targets = ["q_proj"] }, new(8, 16, [new("k_proj", 4)], [])).Problems);

        Assert.Equal(("PEFT107", "RankPattern", 0), (problem.Id, problem.Argument, problem.Index));
    }

    [Fact]
    public void PatternKey_ThatDoesNotParse_IsAProblemBesideThoseOfTheTargets()
    {
        TargetSelection selection = Select(new() { Targets = ["q_proj", "gone"] }, new(8, 16, [], [new("(q_proj", 4)]));

        Assert.Equal([("PEFT101", "Targets"), ("PEFT109", "AlphaPattern")], selection.Problems.Select(problem => (problem.Id, problem.Argument)));
    }

    [Fact]
    public void Lenient_KeyThatFitsNothing_IsPassedOver() =>
        Assert.Empty(Select(new() { Targets = ["q_proj", "gone"], Layers = [0, 9], Lenient = true }, new(8, 16, [new("gone", 2)], [])).Problems);

    private static TargetSelection Select(TargetQuery query, LowRankPatterns patterns) =>
        TargetSelector.Select("Persona", "Lora", query, SampleLayers.Llama, patterns.Check);
}
