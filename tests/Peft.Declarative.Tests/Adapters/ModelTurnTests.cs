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

    [Fact]
    public async Task TurnsAsync_OfManyRequests_AnswerRightWithoutAThreadForEach()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        Dictionary<string, long[]> expected = Names.ToDictionary(name => name, name => Answer(model, name));
        ModelTurn first = model.BeginTurn("captain");
        int threads = ThreadPool.ThreadCount;

        Task<(string Name, long[] Answer)>[] requests;
        using (ExecutionContext.SuppressFlow())
        {
            requests = [.. Enumerable.Range(0, 200).Select(request => Task.Run(() => AnswerAsync(model, Names[request % Names.Length])))];
        }

        await Task.Delay(50);
        Assert.InRange(ThreadPool.ThreadCount - threads, -1000, Environment.ProcessorCount + 20);   // of which other tests use some
        Assert.DoesNotContain(requests, request => request.IsCompleted);
        first.Dispose();

        foreach ((string name, long[] answer) in await Task.WhenAll(requests))
        {
            Assert.Equal(expected[name], answer);
        }

        Assert.Equal(["professor"], model.Adapters.Active.Select(adapter => adapter.Name));
    }

    [Fact]
    public async Task TurnAsync_CancelledOrRefusedWhileWaiting_LeavesTheModelToOthers()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        ModelTurn first = model.BeginTurn("captain");
        using var cancellation = new CancellationTokenSource();
        CancellationToken token = cancellation.Token;
        Task<(string, long[])> cancelled;
        Task<(string, long[])> unknown;
        Task<(string, long[])> last;
        using (ExecutionContext.SuppressFlow())
        {
            cancelled = Task.Run(() => AnswerAsync(model, "pip", token), CancellationToken.None);
            unknown = Task.Run(() => AnswerAsync(model, "nobody"));
            last = Task.Run(() => AnswerAsync(model, "pip"));
        }

        await Task.Delay(20);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(last.IsCompleted);
        first.Dispose();

        Assert.Equal("PEFT703", (await Assert.ThrowsAsync<PeftException>(() => unknown)).Id);
        Assert.Equal(Answer(model, "pip"), (await last).Item2);
    }

    [Fact]
    public async Task TurnAsync_WithinATurn_IsTheSameFlows()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        long[] pip = Answer(model, "pip");
        using ModelTurn outer = await model.BeginTurnAsync("captain");

        using (await model.BeginTurnAsync("pip"))
        {
            Assert.Equal(pip, Generated(model));
        }

        Assert.Equal(["captain"], model.Adapters.Active.Select(adapter => adapter.Name));
    }

    [Fact]
    public async Task Turn_OfAThreadAmongFlows_IsServedInItsOrder()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
        ModelTurn first = model.BeginTurn("captain");
        using var end = new CancellationTokenSource();
        CancellationToken token = end.Token;
        Task[] endless;
        using (ExecutionContext.SuppressFlow())
        {
            endless = [.. Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
            {
                while (!token.IsCancellationRequested)
                {
                    using ModelTurn turn = await model.BeginTurnAsync(Names[number % Names.Length], CancellationToken.None);
                }
            }))];
        }

        first.Dispose();
        for (int i = 0; i < 20; i++)
        {
            model.BeginTurn("pip").Dispose();   // waits for ever unless the order is kept
        }

        await end.CancelAsync();
        await Task.WhenAll(endless);
    }

    private static async Task<(string Name, long[] Answer)> AnswerAsync(LlamaForCausalLM model, string name, CancellationToken cancellation = default)
    {
        using ModelTurn turn = await model.BeginTurnAsync(name, cancellation);
        return (name, Generated(model));
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
