using Peft.Declarative.Models;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

/// <summary>Prompts that begin as others do: what is computed of them, and what is kept.</summary>
public sealed class PromptReuseTests
{
    private static readonly GenerationOptions Greedy = new() { MaxNewTokens = 4, EosTokenIds = [] };

    private static readonly int[] System = [.. Enumerable.Range(0, 24).Select(i => 2 + (i * 5 % 40))];

    [Fact]
    public void Rows_WithOneSystemPrompt_ReadItOnce()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model) { PromptMemory = 1 << 20 };
        Run(batch, [.. System, 7]);

        BatchRow row = Run(batch, [.. System, 9, 11]);

        Assert.Equal(24, row.CachedTokens);
        Assert.Equal(25 + 2, batch.PromptPositions);
        Assert.Equal(Whole(model, [.. System, 9, 11]), row.NewTokens);
    }

    [Fact]
    public void Rows_AtTheSameTime_ShareAPromptWithoutAnyMemory()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model) { PrefillTokens = 10 };
        BatchRow[] rows = [.. Enumerable.Range(0, 5).Select(i => batch.Add(System, null, Greedy with { DoSample = true, Seed = i }))];

        Run(batch);

        Assert.Equal(24 + 4, batch.PromptPositions);
        Assert.Equal(0, batch.PromptBytes);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(Whole(model, System, Greedy with { DoSample = true, Seed = i }), rows[i].NewTokens);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_ThatChangeWhileAPromptIsRead_LeaveNothingOfItToOthers(bool atOnce)
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model) { PrefillTokens = 20, PromptMemory = 1 << 20 };
        batch.Add([.. System, 7], null, Greedy);
        batch.Step();
        using (model.Adapters.Use.ChangeWeights("be changed by a test"))
        using (no_grad())
        {
            foreach (var (_, weight) in model.named_parameters().Where(parameter => parameter.name.Contains("k_proj", StringComparison.Ordinal)))
            {
                weight.mul_(3);
            }
        }

        if (!atOnce)
        {
            Run(batch);
        }

        BatchRow row = Run(batch, [.. System, 9, 11]);

        Assert.Equal(0, row.CachedTokens);
        Assert.Equal(Whole(model, [.. System, 9, 11]), row.NewTokens);
    }

    [Fact]
    public void Rows_ThatWaitForOneThatLeaves_GoOnWithoutIt()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model) { PrefillTokens = 4 };
        BatchRow leaves = batch.Add(System, null, Greedy);
        BatchRow[] rows = [batch.Add([.. System, 3], null, Greedy), batch.Add([.. System, 4], null, Greedy)];
        batch.Step();

        batch.Remove(leaves);
        Run(batch);

        Assert.Equal(Whole(model, [.. System, 3]), rows[0].NewTokens);
        Assert.Equal(Whole(model, [.. System, 4]), rows[1].NewTokens);
        Assert.Equal(24, rows[1].CachedTokens);
    }

    [Fact]
    public void Row_WhileItsBeginningIsRead_JoinsAtOnceWhatIsThere()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model) { PrefillTokens = 20 };
        int[] text = [.. System, .. System];
        BatchRow first = batch.Add(text, null, Greedy);
        batch.Step();

        BatchRow second = batch.Add([.. System[..18], 3], null, Greedy);
        batch.Step();

        Assert.Equal(18, second.CachedTokens);
        Assert.Equal(1, second.NewLength);
        Run(batch);
        Assert.Equal(Whole(model, text), first.NewTokens);
        Assert.Equal(Whole(model, [.. System[..18], 3]), second.NewTokens);
    }

    [Fact]
    public void Memory_BeyondItsBytes_ForgetsWhatWasUsedLongestAgo()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        long each = 24 * 2 * 2 * 2 * 8 * 4;   // tokens, keys and values, layers, heads, width, bytes
        using var batch = new ContinuousBatch(model) { PromptMemory = each * 3 };
        int[][] prompts = [.. Enumerable.Range(0, 4).Select(i => System.Select(id => 2 + ((id + i) % 40)).ToArray())];
        Run(batch, prompts[0]);
        Run(batch, prompts[1]);
        Run(batch, prompts[2]);
        Run(batch, prompts[0]);

        Run(batch, prompts[3]);

        Assert.InRange(batch.PromptBytes, each, each * 3);
        Assert.Equal(23, Run(batch, prompts[3]).CachedTokens);
        Assert.Equal(23, Run(batch, prompts[0]).CachedTokens);
        Assert.Equal(0, Run(batch, prompts[1]).CachedTokens);
    }

    [Fact]
    public void Memory_OfManyPrompts_IsFreedWithTheBatch()
    {
        using CausalLanguageModel model = WithAdapters();
        long before = LiveTensors.OfThisThread;
        var batch = new ContinuousBatch(model) { PromptMemory = 20_000, PrefillTokens = 7 };
        for (int i = 0; i < 30; i++)
        {
            batch.Add([.. System[..(3 + (i * 7 % 20))], .. Enumerable.Range(2, i % 9)], (i % 3) switch { 0 => null, 1 => "captain", _ => "prefix" }, Greedy);
            batch.Step();
        }

        Run(batch);
        Assert.InRange(batch.PromptBytes, 1, 20_000);
        batch.Dispose();

        Assert.Equal(0, batch.PromptBytes);
        Assert.Equal(before, LiveTensors.OfThisThread);
    }

    [Theory]
    [InlineData("captain")]
    [InlineData("prefix")]
    public void Adapter_ThatIsReplaced_SeesNothingOfTheFormer(string name)
    {
        using CausalLanguageModel model = WithAdapters();
        using var batch = new ContinuousBatch(model) { PromptMemory = 1 << 20 };
        BatchRow former = Run(batch, System, name);
        Assert.Equal(23, Run(batch, System, name).CachedTokens);
        string directory = Directory.CreateTempSubdirectory("peft-reuse-").FullName;
        try
        {
            using (CausalLanguageModel other = WithAdapters())
            using (no_grad())
            {
                other.Adapters[name].Tensors.ToList().ForEach(tensor => tensor.Value.mul_(0.5));
                other.Adapters[name].Save(directory);
            }

            model.Adapters.Load(directory, name);   // into the same adapter
            BatchRow after = Run(batch, System, name);
            model.Adapters.Remove(name);
            model.Adapters.Load(directory, name);   // another one of its name
            BatchRow again = Run(batch, System, name);

            Assert.Equal(0, after.CachedTokens);
            Assert.Equal(0, again.CachedTokens);
            Assert.Equal(Whole(model, System, Greedy, name), after.NewTokens);
            Assert.Equal(after.NewTokens, again.NewTokens);
            Assert.NotEqual(former.LogProbabilities[0].LogProbability, after.LogProbabilities[0].LogProbability, 1e-4);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Adapters_OnePrompt_HaveKeysOfTheirOwn()
    {
        using CausalLanguageModel model = WithAdapters();
        using var batch = new ContinuousBatch(model) { PromptMemory = 1 << 20 };
        string?[] names = [null, "captain", "prefix"];

        BatchRow[] first = [.. names.Select(name => Run(batch, System, name))], second = [.. names.Select(name => Run(batch, System, name))];

        Assert.All(first, row => Assert.Equal(0, row.CachedTokens));
        Assert.All(second, row => Assert.Equal(23, row.CachedTokens));
        Assert.Equal(first.Select(row => row.NewTokens), second.Select(row => row.NewTokens));
    }

    [Fact]
    public void Prefix_OfAPersona_IsNotComputedForEveryText()
    {
        using CausalLanguageModel model = WithAdapters();
        using var batch = new ContinuousBatch(model) { PromptMemory = 1 << 20 };
        Run(batch, [3, 5], "prefix");
        long before = batch.PromptPositions;

        BatchRow row = Run(batch, [9, 11, 13], "prefix");

        Assert.Equal(3, batch.PromptPositions - before);
        Assert.Equal(0, row.CachedTokens);
        Assert.Equal(Whole(model, [9, 11, 13], Greedy, "prefix"), row.NewTokens);
    }

    [Fact]
    public void Model_WhoseWeightsChange_ReadsAnew()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        using var batch = new ContinuousBatch(model) { PromptMemory = 1 << 20 };
        Run(batch, System);
        using CausalLanguageModel other = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig, seed: 8);

        model.load_state_dict(other.state_dict());
        BatchRow row = Run(batch, System);

        Assert.Equal(0, row.CachedTokens);
        Assert.Equal(Whole(other, System), row.NewTokens);
    }

    private static CausalLanguageModel WithAdapters()
    {
        CausalLanguageModel model = TinyModels.Llama();
        random.manual_seed(3);
        Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 4, Alpha = 16 }, "captain"));
        Invariants.Perturb(Invariants.Attach(model, new PrefixTuningConfig { Tokens = 6 }, "prefix"));
        model.Adapters.Activate();
        return model;
    }

    private static BatchRow Run(ContinuousBatch batch, int[] prompt, string? adapter = null)
    {
        BatchRow row = batch.Add(prompt, adapter, Greedy, topLogProbabilities: 0);
        Run(batch);
        Assert.Null(row.Error);
        return row;
    }

    private static void Run(ContinuousBatch batch)
    {
        while (batch.Count > 0)
        {
            batch.Step();
        }
    }

    private static IReadOnlyList<int> Whole(CausalLanguageModel model, int[] prompt, GenerationOptions? options = null, string? adapter = null)
    {
        using DisposeScope scope = NewDisposeScope();
        model.Adapters.Activate(adapter is null ? [] : [adapter]);
        using GenerationResult result = new TextGenerator(model).Run(tensor([.. prompt.Select(id => (long)id)], [1, prompt.Length]), null, options ?? Greedy);
        return result.NewTokens(0);
    }
}
