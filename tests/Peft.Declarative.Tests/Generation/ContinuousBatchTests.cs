using Peft.Declarative.Models;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

public sealed class ContinuousBatchTests
{
    private static readonly GenerationOptions Greedy = new() { MaxNewTokens = 5, EosTokenIds = [] };

    [Fact]
    public void Step_WithALongPrompt_KeepsTheOthersGoing()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model) { PrefillTokens = 4 };
        BatchRow running = batch.Add([3, 5], null, Greedy with { MaxNewTokens = 20 });
        batch.Step();
        BatchRow slow = batch.Add([.. Enumerable.Range(2, 30)], null, Greedy);
        BatchRow quick = batch.Add([7, 9], null, Greedy);

        batch.Step();
        batch.Step();

        Assert.Equal(3, running.NewLength);
        Assert.Equal(0, slow.NewLength);
        Assert.Equal(2, quick.NewLength);
        Run(batch);
        Assert.Equal(Alone(model, [.. Enumerable.Range(2, 30)], Greedy), slow.NewTokens);
    }

    [Fact]
    public void Rows_OfVeryDifferentLengths_AreThoseAlone()
    {
        using CausalLanguageModel model = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { MaxPositions = 1024 }, seed: 1);
        using var batch = new ContinuousBatch(model) { PrefillTokens = 64 };
        int[][] prompts = [.. new[] { 400, 3, 260, 30, 5 }.Select((length, row) => Enumerable.Range(0, length).Select(i => 2 + (((i * 7) + row) % 44)).ToArray())];

        BatchRow[] rows = [.. prompts.Select(prompt => batch.Add(prompt, null, Greedy))];
        batch.Step();
        Assert.Equal([0, 1, 0, 0, 1], rows.Select(row => row.NewLength));   // the long ones have a share of the reading, and not all of it
        Run(batch);

        for (int row = 0; row < rows.Length; row++)
        {
            Assert.Equal(Alone(model, prompts[row], Greedy), rows[row].NewTokens);
        }
    }

    [Fact]
    public void Remove_EndsARowAtOnce_AndLeavesTheOthersAsTheyWere()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model) { MaxRows = 3 };
        BatchRow[] rows = [.. Enumerable.Range(0, 5).Select(row => batch.Add([3 + row, 5, 2 + row], null, Greedy with { MaxNewTokens = 8 }))];
        batch.Step();
        batch.Step();

        batch.Remove(rows[0]);
        batch.Remove(rows[4]);
        batch.Remove(rows[4]);
        Run(batch);

        Assert.Equal(FinishReason.Removed, rows[0].FinishReason);
        Assert.Equal(2, rows[0].NewLength);
        Assert.Equal(0, rows[4].NewLength);
        foreach (int row in new[] { 1, 2, 3 })
        {
            Assert.Equal(FinishReason.Length, rows[row].FinishReason);
            Assert.Equal(Alone(model, [3 + row, 5, 2 + row], Greedy with { MaxNewTokens = 8 }), rows[row].NewTokens);
        }
    }

    [Fact]
    public void Rows_WithAWindowAndPrefixes_AreThoseAlone()
    {
        using CausalLanguageModel model = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { SlidingWindow = 4 }, seed: 1);
        random.manual_seed(2);
        Invariants.Perturb(Invariants.Attach(model, new PromptTuningConfig { Tokens = 5 }, "prompt"));
        Invariants.Perturb(Invariants.Attach(model, new PrefixTuningConfig { Tokens = 3 }, "prefix"));
        Invariants.Perturb(Invariants.Attach(model, new PrefixTuningConfig { Tokens = 2, Placement = PrefixPlacement.Beside }, "beside"));
        model.Adapters.Activate();
        using var batch = new ContinuousBatch(model) { PrefillTokens = 3 };
        string?[] names = ["prompt", "beside", null, "prefix", "beside"];
        int[][] prompts = [[4, 8, 3, 9, 12], [4, 8], [5, 6, 7, 8, 9, 10, 11], [3], [9, 12, 3, 2, 5, 30]];

        BatchRow[] rows = [.. names.Select((name, row) => batch.Add(prompts[row], name, Greedy with { MaxNewTokens = 9 + row }))];
        Run(batch);

        for (int row = 0; row < names.Length; row++)
        {
            model.Adapters.Activate(names[row] is { } name ? [name] : []);
            Assert.Equal(Alone(model, prompts[row], Greedy with { MaxNewTokens = 9 + row }), rows[row].NewTokens);
        }
    }

    [Fact]
    public void Row_WhoseAdapterIsRemoved_FailsAlone()
    {
        using CausalLanguageModel model = WithLora("captain", "pip");
        using var batch = new ContinuousBatch(model);
        BatchRow lost = batch.Add([3, 5], "captain", Greedy), stays = batch.Add([3, 5], "pip", Greedy);
        batch.Step();

        model.Adapters.Remove("captain");
        IReadOnlyList<BatchRow> moved = batch.Step();
        Run(batch);

        Assert.Contains(lost, moved);
        Assert.Equal("PEFT703", Assert.IsType<PeftException>(lost.Error).Id);
        Assert.Equal(FinishReason.Length, stays.FinishReason);
    }

    [Fact]
    public async Task Add_WhileAnotherFlowHasTheModel_WaitsForItsEnd()
    {
        using CausalLanguageModel model = TinyModels.Gpt2();
        Invariants.Attach(model, new LoraConfig { Rank = 2 }, "captain");
        Invariants.Attach(model, new BitFitConfig(), "biases");   // rows of a batch cannot be computed while it is active
        model.Adapters.Activate();
        using var batch = new ContinuousBatch(model);
        using var began = new ManualResetEventSlim();
        using var ends = new ManualResetEventSlim();
        Task other = Task.Run(() =>
        {
            using ModelTurn turn = model.BeginTurn("biases");
            began.Set();
            ends.Wait();
        });
        began.Wait();

        Task<BatchRow> adding = Task.Run(() => batch.Add([3, 5], "captain", Greedy));
        Assert.NotSame(adding, await Task.WhenAny(adding, Task.Delay(50)));
        ends.Set();
        BatchRow row = await adding.WaitAsync(TimeSpan.FromSeconds(20));
        await other;
        Run(batch);

        Assert.Equal(FinishReason.Length, row.FinishReason);
    }

    [Fact]
    public void Row_WhoseOwnRuleFails_FailsAlone()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model);
        BatchRow bad = batch.Add([3, 5], null, Greedy with { Processors = [new Failing()] }), good = batch.Add([3, 5], null, Greedy);

        Run(batch);

        Assert.IsType<InvalidDataException>(bad.Error);
        Assert.Equal(Alone(model, [3, 5], Greedy), good.NewTokens);
    }

    [Fact]
    public void LogProbabilities_AreThoseOfTheModelBeforeItsRules()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using DisposeScope scope = NewDisposeScope();
        using var batch = new ContinuousBatch(model);
        BatchRow row = batch.Add([3, 5, 8], null, Greedy with { DoSample = true, Temperature = 0.3, Seed = 4 }, topLogProbabilities: 3);
        batch.Add([3], null, Greedy);
        Run(batch);

        Tensor logs = model.Logits(new ModelInput(tensor([3L, 5, 8, .. row.NewTokens.Select(id => (long)id)], [1, 8]))).log_softmax(2)[0];
        for (int i = 0; i < 5; i++)
        {
            (Tensor values, Tensor ids) = logs[2 + i].topk(3, dim: 0);
            Assert.Equal(logs[2 + i, row.NewTokens[i]].item<float>(), row.LogProbabilities[i].LogProbability, 1e-4);
            Assert.Equal(row.NewTokens[i], row.LogProbabilities[i].Id);
            Assert.Equal(ids.data<long>().Select(id => (int)id), row.LogProbabilities[i].Top.Select(top => top.Id));
            Assert.Equal(values[2].item<float>(), row.LogProbabilities[i].Top[2].LogProbability, 1e-4);
        }
    }

    [Fact]
    public void Add_OfWhatABatchCannotDo_IsRefused()
    {
        using CausalLanguageModel model = WithLora("captain");
        using var batch = new ContinuousBatch(model);

        Assert.Equal("PEFT703", Assert.Throws<PeftException>(() => batch.Add([3], "captian", Greedy)).Id);
        Assert.Contains("NumBeams above 1", Assert.Throws<PeftException>(() => batch.Add([3], null, Greedy with { NumBeams = 2 })).Message, StringComparison.Ordinal);
        Assert.Equal("PEFT803", Assert.Throws<PeftException>(() => batch.Add([.. Enumerable.Repeat(3, 64)], null, Greedy)).Id);
        Assert.Equal("PEFT803", Assert.Throws<PeftException>(() => batch.Add([3, 48], null, Greedy)).Id);
        Assert.Equal("PEFT801", Assert.Throws<PeftException>(() => batch.Add([3], null, Greedy with { TopP = 2 })).Id);
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Steps_ManyTimes_KeepTheNumberOfLiveTensors()
    {
        using CausalLanguageModel model = WithLora("captain", "pip");
        using var batch = new ContinuousBatch(model) { MaxRows = 4, PrefillTokens = 5 };
        Generate();
        long before = LiveTensors.CountAfterCollection();

        for (int i = 0; i < 4; i++)
        {
            Generate();
        }

        Assert.InRange(Tensor.TotalCount, 0, before);

        void Generate()
        {
            BatchRow[] rows = [.. Enumerable.Range(0, 7).Select(row => batch.Add([3 + row, 5, 2 + row], row % 3 == 0 ? "captain" : row % 3 == 1 ? "pip" : null,
                Greedy with { MaxNewTokens = 2 + row, DoSample = row % 2 == 0, RepetitionPenalty = 1 + (row % 2) }, row % 2 == 0 ? 2 : null))];
            batch.Step();
            batch.Remove(rows[2]);
            Run(batch);
        }
    }

    private static void Run(ContinuousBatch batch)
    {
        while (batch.Count > 0)
        {
            batch.Step();
        }
    }

    private static IReadOnlyList<int> Alone(CausalLanguageModel model, int[] prompt, GenerationOptions options)
    {
        using Tensor ids = tensor([.. prompt.Select(id => (long)id)], [1, prompt.Length]);
        using GenerationResult result = new TextGenerator(model).Run(ids, null, options);
        return result.NewTokens(0);
    }

    private static CausalLanguageModel WithLora(params string[] names)
    {
        CausalLanguageModel model = TinyModels.Llama();
        random.manual_seed(3);
        foreach (string name in names)
        {
            Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 2 }, name));
        }

        model.Adapters.Activate();
        return model;
    }

    private sealed class Failing : ILogitsProcessor
    {
        public Tensor Process(Tensor inputIds, Tensor scores) => throw new InvalidDataException("no rule");
    }
}
