using Peft.Declarative.Generation;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Requests for different adapters on one model at a time.</summary>
public sealed class ModelTurnTests
{
    private static readonly string[] Names = ["captain", "pip", "professor"];

    [Fact]
    public async Task Turns_OfTenParallelRequests_NeverAnswerForAnother()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        Dictionary<string, long[]> expected = Names.ToDictionary(name => name, name => Answer(model, name));
        Assert.Equal(Names.Length, expected.Values.Select(answer => string.Join(' ', answer)).Distinct().Count());

        for (int round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(request => Task.Run(() =>
            {
                string name = Names[(round + request) % Names.Length];
                Assert.Equal(expected[name], Answer(model, name));
            })));
        }
    }

    [Fact]
    public async Task Turn_AcrossAnAwait_BelongsToTheFlow()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        long[] expected = Answer(model, "captain");
        using ModelTurn turn = model.BeginTurn("captain");
        Task<long[]> other = Other(model, "pip");

        await Task.Delay(20);
        long[] mine = await Task.Run(() => Generated(model));

        Assert.Equal(expected, mine);
        Assert.False(other.IsCompleted);
        turn.Dispose();
        Assert.Equal(Answer(model, "pip"), await other);
    }

    [Fact]
    public void Turn_OfAnotherAdapterWhileOneIsMerged_AnswersRightAndMergesAgain()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        long[] pip = Answer(model, "pip");
        model.Merge();

        Assert.Equal(pip, Answer(model, "pip"));
        Assert.True(model.Adapters["professor"].IsMerged);
    }

    [Fact]
    public void Turn_Ended_RestoresTheAdapters()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        model.Adapters.Activate("pip", "professor");

        model.BeginTurn("captain").Dispose();

        Assert.Equal(["pip", "professor"], model.Adapters.Active.Select(adapter => adapter.Name));
    }

    [Fact]
    public void Turn_OfAnUnknownAdapter_NamesThoseThereAreAndFreesTheModel()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);

        PeftException error = Assert.Throws<PeftException>(() => model.BeginTurn("nobody"));

        Assert.Equal("PEFT703", error.Id);
        Assert.Contains("'captain'", error.Message, StringComparison.Ordinal);
        model.Adapters.Activate("pip");
    }

    [Fact]
    public async Task Turn_CancelledWhileWaiting_Ends()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        using ModelTurn turn = model.BeginTurn("captain");
        using var cancellation = new CancellationTokenSource(50);
        CancellationToken token = cancellation.Token;
        using AsyncFlowControl apart = ExecutionContext.SuppressFlow();
        Task waiting = Task.Run(() => model.BeginTurn("pip", token).Dispose(), CancellationToken.None);
        apart.Undo();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static Task<long[]> Other(LlamaForCausalLM model, string name)
    {
        using AsyncFlowControl apart = ExecutionContext.SuppressFlow();
        return Task.Run(() => Answer(model, name));
    }

    private static long[] Answer(LlamaForCausalLM model, string name)
    {
        using ModelTurn turn = model.BeginTurn(name);
        return Generated(model);
    }

    private static long[] Generated(LlamaForCausalLM model)
    {
        using DisposeScope scope = NewDisposeScope();
        return new TextGenerator(model).Generate(TinyModels.Ids(), options: new GenerationOptions { MaxNewTokens = 8 }).data<long>().ToArray();
    }
}
