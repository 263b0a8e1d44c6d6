using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Names of adapters in the inputs of batches: what is refused, and what ways of generating do with them.</summary>
public sealed class MixedBatchTests
{
    private static readonly string[] Personas = ["captain", "pip", "ada"];

    [Fact]
    public void Logits_OfAnUnknownName_NameTheNearOne()
    {
        using CausalLanguageModel model = Model();
        using Tensor ids = TinyModels.Ids();

        PeftException error = Assert.Throws<PeftException>(() => model.Logits(new ModelInput(ids) { Adapters = ["captian", "nobody"] }));

        Assert.Equal("PEFT703", error.Id);
        Assert.Contains("'captian'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'captain'?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Logits_OfAnotherNumberOfNames_SayBoth(int names)
    {
        using CausalLanguageModel model = Model();
        using Tensor ids = TinyModels.Ids();

        PeftException error = Assert.Throws<PeftException>(() => model.Logits(new ModelInput(ids) { Adapters = Personas[..names] }));

        Assert.Equal("PEFT202", error.Id);
        Assert.Contains($"{names} rows, but the batch has 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_OverAMergedBase_AreRefused()
    {
        using CausalLanguageModel model = Model();
        using Tensor ids = TinyModels.Ids();
        model.Adapters["pip"].Activate();
        model.Merge();

        PeftException error = Assert.Throws<PeftException>(() => model.Logits(new ModelInput(ids) { Adapters = ["captain", null] }));

        Assert.Equal("PEFT306", error.Id);
    }

    [Fact]
    public void Logits_AfterAMixedBatch_AreThoseOfTheActiveAdapter()
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = TinyModels.Ids();
        model.Adapters["pip"].Activate();
        Tensor before = model.Logits(new ModelInput(ids));

        _ = model.Logits(new ModelInput(ids) { Adapters = ["captain", null] });
        Assert.Throws<PeftException>(() => model.Logits(new ModelInput(ids) { Adapters = ["captain"] }));

        Close.Bits(before, model.Logits(new ModelInput(ids)), "logits");
        Assert.Equal(["pip"], model.Adapters.Active.Select(adapter => adapter.Name));
    }

    [Fact]
    public void Logits_WithTheCacheOfOtherAdapters_AreRefused()
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = TinyModels.Ids();
        using var cache = new KeyValueCache(model.Config.LayerCount);
        _ = model.Logits(new ModelInput(ids) { Adapters = ["captain", "pip"], Cache = cache });

        PeftException error = Assert.Throws<PeftException>(() =>
            model.Logits(new ModelInput(ids.narrow(1, 0, 1)) { Adapters = ["pip", "captain"], Cache = cache }));

        Assert.Equal("PEFT514", error.Id);
        Assert.Contains("Adapters differ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generation_InSeveralWays_ContinuesEachRowWithItsAdapter()
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = TinyModels.Ids();
        var plain = new GenerationOptions { MaxNewTokens = 6, EosTokenIds = [] };
        string[] names = ["pip", "captain"];
        foreach (GenerationOptions options in new[]
        {
            plain with { NumBeams = 3 }, plain with { PenaltyAlpha = 0.6, TopK = 3 }, plain with { NumReturnSequences = 2, DoSample = true, TopK = 1 },
            plain with { GuidanceScale = 1.5 }, plain with { UseCache = false },
        })
        {
            Tensor together = new TextGenerator(model).Generate(ids, null, options, names);
            for (int row = 0; row < names.Length; row++)
            {
                model.Adapters.Activate(names[row]);
                Tensor alone = new TextGenerator(model).Generate(ids.narrow(0, row, 1), null, options);
                Close.Bits(alone, together.narrow(0, row * alone.size(0), alone.size(0)), $"{options}, row {row}");
            }
        }
    }

    [Fact]
    public void Generation_OfMixedRowsManyTimes_KeepsTheNumberOfLiveTensors()
    {
        var mixed = MixedRows.Of("llama", "lora");
        using PretrainedModel model = mixed.Model;
        var generator = new TextGenerator((CausalLanguageModel)model);
        using Tensor ids = MixedRows.Ids;
        Generate(2);
        long before = LiveTensors.CountAfterCollection();

        Generate(5);

        Assert.InRange(Tensor.TotalCount, 0, before);

        void Generate(int times)
        {
            for (int i = 0; i < times; i++)
            {
                generator.Generate(ids, null, new GenerationOptions { MaxNewTokens = 4, NumBeams = 2, EosTokenIds = [] }, MixedRows.Names).Dispose();
                generator.Generate(ids, null, new GenerationOptions { MaxNewTokens = 4, EosTokenIds = [] }, MixedRows.Names).Dispose();
            }
        }
    }

    [Fact]
    public void Window_OverMixedRows_IsThatOfEachRowAlone()
    {
        using CausalLanguageModel model = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { SlidingWindow = 4 }, seed: 1);
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(2);
        Invariants.Perturb(Invariants.Attach(model, new PromptTuningConfig { Tokens = 5 }, "prompt"));
        Invariants.Perturb(Invariants.Attach(model, new PrefixTuningConfig { Tokens = 3 }, "prefix"));
        Invariants.Perturb(Invariants.Attach(model, new PrefixTuningConfig { Tokens = 2, Placement = PrefixPlacement.Beside }, "beside"));
        Tensor ids = cat([TinyModels.Ids(), TinyModels.Ids().flip(1)], 0);
        string?[] names = ["prompt", "prefix", "beside", null];
        Tensor together = model.Logits(new ModelInput(ids) { Adapters = names });
        for (int row = 0; row < names.Length; row++)
        {
            model.Adapters.Activate(names[row] is { } name ? [name] : []);
            Tensor alone = model.Logits(new ModelInput(ids.narrow(0, row, 1)));
            Close.To(Text(alone)[0], Text(together)[row], 5e-6, names[row] ?? "base");
        }

        Tensor Text(Tensor logits) => logits.narrow(1, logits.size(1) - ids.size(1), ids.size(1));
    }

    [Fact]
    public void LoadAll_OfAFolderWithABrokenAdapter_LoadsTheOthersAndNamesIt()
    {
        using var folder = new TemporaryFolder();
        using (CausalLanguageModel model = Model())
        {
            foreach (Adapter adapter in model.Adapters)
            {
                adapter.Save(folder[adapter.Name]);
            }
        }

        File.WriteAllText(Path.Combine(folder["pip"], "adapter_config.json"), "{");
        Directory.CreateDirectory(folder[".cache"]);
        using CausalLanguageModel fresh = TinyModels.Llama();

        LoadedAdapters loaded = fresh.Adapters.LoadAll(folder.Path);

        Assert.Equal(["ada", "captain"], loaded.Adapters.Select(adapter => adapter.Name));
        Assert.Equal(folder["pip"], Assert.Single(loaded.Failed).Directory);
        Assert.Contains("pip", loaded.Failed[0].Error.Message, StringComparison.Ordinal);
        Assert.Empty(fresh.Adapters.Active);
    }

    private static CausalLanguageModel Model()
    {
        CausalLanguageModel model = TinyModels.Llama();
        using DisposeScope scope = NewDisposeScope();
        model.eval();
        foreach (string name in Personas)
        {
            random.manual_seed(name[0]);
            Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 2, Alpha = 4 }, name));
        }

        return model;
    }
}
