using Peft.Declarative.Targeting;
using static Peft.Declarative.Tests.Targeting.SampleLayers;

namespace Peft.Declarative.Tests.Targeting;

public class TargetProblemsTests
{
    [Fact]
    public void Typo_InTarget_NamesTheNearestLayerAndAllOthers()
    {
        TargetProblem problem = Assert.Single(Select(new() { Targets = ["v_proj", "q_porj"] }).Problems);

        Assert.Equal(("PEFT101", "Targets", 1), (problem.Id, problem.Argument, problem.Index));
        Assert.Equal(
            "'Persona' has no layer named 'q_porj' for [Lora]. Did you mean 'q_proj'? "
            + "Its layers are act_fn, down_proj, embed_tokens, gate_proj, input_layernorm, k_proj, lm_head, norm and 5 more.",
            problem.Message);
    }

    [Fact]
    public void Typo_InTrailingPath_IsComparedWithTrailingPaths() =>
        Assert.Equal(["self_attn.q_proj"], Assert.Single(Select(new() { Targets = ["self_atn.q_proj"] }).Problems).Near);

    [Theory]
    [InlineData("Exclude")]
    [InlineData("ModulesToSave")]
    public void Typo_InOtherLists_IsFoundToo(string argument)
    {
        TargetQuery query = new() { Targets = ["q_proj"] };
        query = argument == "Exclude" ? query with { Exclude = ["lm_haed"] } : query with { ModulesToSave = ["lm_haed"] };

        TargetProblem problem = Assert.Single(Select(query).Problems);

        Assert.Equal(("PEFT101", argument, 0), (problem.Id, problem.Argument, problem.Index));
        Assert.Equal(["lm_head"], problem.Near);
    }

    [Fact]
    public void Layers_BeyondTheLastBlock_GiveTheRange()
    {
        TargetProblem problem = Assert.Single(Select(new() { Targets = ["q_proj"], Layers = [0, 99] }).Problems);

        Assert.Equal(("PEFT106", "Layers", 1), (problem.Id, problem.Argument, problem.Index));
        Assert.Contains("names layer 99, but the matching layers are numbered 0 to 1", problem.Message);
    }

    [Fact]
    public void Exclude_OfEverything_SaysThatNothingIsLeft()
    {
        TargetProblem problem = Assert.Single(Select(new() { Targets = ["lm_head", "embed_tokens"], Exclude = ["lm_head", "embed_tokens"] }).Problems);

        Assert.Equal("PEFT103", problem.Id);
        Assert.Equal(
            "[Lora] on 'Persona' adapts no layer: both matches (embed_tokens, lm_head) are in Exclude. Training would change no weight. "
            + "Remove them from Exclude or remove [Lora].",
            problem.Message);
    }

    [Fact]
    public void Target_ThatIsANorm_IsRefusedByItsKind()
    {
        TargetProblem problem = Assert.Single(Select(new() { Targets = ["q_proj", "norm"] }).Problems);

        Assert.Equal(("PEFT108", 1), (problem.Id, problem.Index));
        Assert.Contains("which is a normalization", problem.Message);
    }

    [Theory]
    [InlineData("(q_proj")]
    [InlineData("q_proj)|(v_proj")]
    public void Expression_ThatDoesNotParse_IsAProblem(string expression) =>
        Assert.Equal("PEFT109", Assert.Single(Select(new() { TargetPattern = expression }).Problems).Id);

    [Fact]
    public void Expression_ThatNeverEnds_IsStoppedAndReported()
    {
        TargetLayer[] layers = [new(new string('a', 40) + "!", LayerKind.Linear)];

        TargetSelection selection = TargetSelector.Select("Persona", "Lora", new() { TargetPattern = "((a|a)*)*b" }, layers);

        Assert.Equal("PEFT109", Assert.Single(selection.Problems).Id);
    }

    [Fact]
    public void Selectors_ThatExcludeEachOther_AreAllReported()
    {
        TargetSelection selection = Select(new()
        {
            Targets = ["q_proj"],
            TargetPattern = ".*q_proj",
            Exclude = ["v_proj"],
            ExcludePattern = ".*v_proj",
            Layers = [0],
        });

        Assert.Equal(["TargetPattern", "ExcludePattern", "Layers"], selection.Problems.Select(problem => problem.Argument));
    }

    [Fact]
    public void Lenient_EntriesThatMatchNothing_ArePassedOver() =>
        Assert.Empty(Select(new() { Targets = ["q_proj", "gone"], Layers = [0, 9], Lenient = true }).Problems);

    [Fact]
    public void Lenient_NothingAdapted_IsStillAProblem()
    {
        TargetProblem problem = Assert.Single(Select(new() { Targets = ["gone"], Lenient = true }).Problems);

        Assert.Equal("PEFT103", problem.Id);
        Assert.Contains("nothing fits its targets (gone)", problem.Message);
    }
}
