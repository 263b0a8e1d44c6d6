using Peft.Declarative.Adapters;
using Peft.Declarative.Generation;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Adapters;
using Peft.Declarative.Training;

namespace Peft.Declarative.Tests.Hardening.Threads;

/// <summary>Changes to a model beside a thread that uses it.</summary>
public sealed class ThreadTests
{
    private const int Rounds = 600;

    [Fact]
    public void Changes_BesideComputations_WaitOrAreRefused() => Assert.Empty(ThreadRounds.Run(Rounds));

    [Fact]
    public void Train_TwiceOnOneModel_IsOneError()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        using TrainingRun first = TrainingRun.Start(model, new TrainingPlan(), Rows());

        PeftException error = Assert.Throws<PeftException>(() => TrainingRun.Start(model, new TrainingPlan(), Rows()));

        Assert.Equal("PEFT707", error.Id);
        Assert.Contains("is being trained", error.Message, StringComparison.Ordinal);
        first.Dispose();
        TrainingRun.Start(model, new TrainingPlan(), Rows()).Dispose();
    }

    [Theory]
    [InlineData("merge")]
    [InlineData("remove")]
    [InlineData("dispose")]
    [InlineData("generate")]
    public async Task Change_WhileAnotherFlowTrains_IsRefused(string what)
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        using TrainingRun run = TrainingRun.Start(model, new TrainingPlan(), Rows());
        Task change;
        using (ExecutionContext.SuppressFlow())
        {
            change = Task.Run(() =>
            {
                switch (what)
                {
                    case "merge": model.Merge(); break;
                    case "remove": model.Adapters.Remove("a"); break;
                    case "dispose": model.Dispose(); break;
                    default: model.forward(TinyModels.Ids()).Dispose(); break;
                }
            });
        }

        PeftException error = await Assert.ThrowsAsync<PeftException>(() => change);

        Assert.Equal("PEFT707", error.Id);
    }

    [Fact]
    public void Train_OfAMergedModel_SaysToUnmerge()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        model.Merge();

        PeftException error = Assert.Throws<PeftException>(() => TrainingRun.Start(model, new TrainingPlan(), Rows()));

        Assert.Equal("PEFT306", error.Id);
        Assert.Contains("Unmerge", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_WithinACallbackOfAGeneration_IsRefused()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        var generator = new TextGenerator(model);

        PeftException error = Assert.Throws<PeftException>(() =>
            generator.Run(TinyModels.Ids(), options: new GenerationOptions { MaxNewTokens = 3 }, onStep: _ => model.Merge()).Dispose());

        Assert.Equal("PEFT707", error.Id);
        Assert.False(model.Adapters["a"].IsMerged);
    }

    [Fact]
    public void Use_OfADisposedModel_IsOneSentence()
    {
        LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        var generator = new TextGenerator(model);
        model.Dispose();
        model.Dispose();

        Action[] calls =
        [
            () => model.forward(TinyModels.Ids()), () => model.Merge(), () => model.Adapters.Activate("a"), () => generator.Generate(TinyModels.Ids()),
            () => TrainingRun.Start(model, new TrainingPlan(), Rows()), () => model.SaveAdapter("nowhere"), () => model.BeginTurn("a"),
            () => model.SumLoss(new MicroBatch(TinyModels.Ids(), TinyModels.Ids())),
        ];
        Assert.All(calls, call => Assert.Equal("PEFT708", Assert.Throws<PeftException>(call).Id));
    }

    private static TrainingData Rows() => TrainingData.FromRows([TrainingRow.OfText([1, 2, 3, 4]), TrainingRow.OfText([4, 3, 2, 1])]);
}
