using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;

namespace Peft.Declarative.Tests.Adapters;

public sealed class AdapterFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("peft-adapter-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_OntoAnotherModel_ListsEveryTensorThatDoesNotFitAndLeavesTheModelAlone()
    {
        using LlamaForCausalLM trained = TinyModels.Llama();
        Attach(trained, new LoraConfig { Rank = 4 });
        trained.SaveAdapter(_folder);
        using LlamaForCausalLM other = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { HiddenSize = 24, LayerCount = 1 });

        PeftException error = Assert.Throws<PeftException>(() => other.LoadAdapter(_folder));

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains("layers.0.self_attn.q_proj.lora_A.weight' is [4, 32], but the model needs [4, 24]", error.Message, StringComparison.Ordinal);
        Assert.Contains("layers.1.self_attn.q_proj.lora_A.weight' has no counterpart in the model", error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Adapters);
        Assert.DoesNotContain(other.modules(), module => module is AdapterLayer);
    }

    [Fact]
    public void SaveActive_OfSeveral_GivesEachADirectoryOfItsName()
    {
        using LlamaForCausalLM trained = Personas.On(TinyModels.Llama(), "ada", "elon", "idle");
        trained.Adapters.Activate("ada", "elon");

        trained.Adapters.SaveActive(_folder);

        using LlamaForCausalLM fresh = TinyModels.Llama();
        LoadedAdapters loaded = fresh.Adapters.LoadAll(_folder);
        Assert.Empty(loaded.Failed);
        Assert.Equal(["ada", "elon"], loaded.Adapters.Select(adapter => adapter.Name).Order(StringComparer.Ordinal));
        Close.Bits(trained.Adapters["elon"].Tensors[0].Value, fresh.Adapters["elon"].Tensors[0].Value, "a factor of elon");
    }

    [Fact]
    public void Load_IntoAnAdapterOfAnotherAlpha_IsRefused()
    {
        using LlamaForCausalLM trained = TinyModels.Llama();
        Attach(trained, new LoraConfig { Rank = 4, Alpha = 32 });
        trained.SaveAdapter(_folder);
        using LlamaForCausalLM declared = TinyModels.Llama();
        Attach(declared, new LoraConfig { Rank = 4, Alpha = 16 });

        PeftException error = Assert.Throws<PeftException>(() => declared.LoadAdapter(_folder));

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains("its alpha is 32, not 16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfUnknownType_SaysWhichAreKnown()
    {
        using LlamaForCausalLM trained = TinyModels.Llama();
        Attach(trained, new LoraConfig { Rank = 4 });
        trained.SaveAdapter(_folder);
        File.WriteAllText(Path.Combine(_folder, "adapter_config.json"), """{"peft_type": "TELEPATHY"}""");
        using LlamaForCausalLM model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => model.LoadAdapter(_folder));

        Assert.Equal("PEFT701", error.Id);
        Assert.Contains("TELEPATHY", error.Message, StringComparison.Ordinal);
        Assert.Contains("LORA", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"r\": 0", "at least 1")]
    [InlineData("\"r\": \"eight\"", "a whole number")]
    [InlineData("\"r\": 4, \"bias\": \"some\"", "\"none\", \"all\" or \"lora_only\"")]
    [InlineData("\"r\": 4, \"target_modules\": [1]", "made of texts")]
    [InlineData("\"r\": 1e300", "a whole number")]
    [InlineData("\"r\": 4, \"lora_alpha\": 1e400", "a number")]
    [InlineData("\"r\": 4, \"rank_pattern\": {\"q_proj\": 1e300}", "made of whole numbers")]
    [InlineData("\"r\": 4, \"layers_to_transform\": [0.5]", "made of whole numbers")]
    [InlineData("\"r\": 4, \"use_rslora\": 1", "true or false")]
    public void Load_OfConfigWithAWrongField_NamesTheFieldAndWhatItShouldBe(string fields, string expected)
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, new LoraConfig { Rank = 4 });
        model.SaveAdapter(_folder);
        File.WriteAllText(Path.Combine(_folder, "adapter_config.json"), $$"""{"peft_type": "LORA", {{fields}}}""");

        PeftException error = Assert.Throws<PeftException>(() => model.LoadAdapter(_folder, "other"));

        Assert.Equal("PEFT504", error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfARankFarAboveTheTensors_IsRefusedBeforeAnythingIsMade()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, new LoraConfig { Rank = 4 });
        model.SaveAdapter(_folder);
        File.WriteAllText(Path.Combine(_folder, "adapter_config.json"), """{"peft_type": "LORA", "r": 2000000000}""");

        PeftException error = Assert.Throws<PeftException>(() => model.LoadAdapter(_folder, "other"));

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains("'r' states 2,000,000,000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OfLoadedAdapter_KeepsFieldsItDoesNotKnow()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, new LoraConfig { Rank = 4 });
        model.SaveAdapter(_folder);
        string path = Path.Combine(_folder, "adapter_config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"r\": 4", "\"r\": 4,\n  \"from_the_future\": {\"a\": [1]}", StringComparison.Ordinal));

        model.LoadAdapter(_folder, "other").Save(Path.Combine(_folder, "again"));

        Assert.Contains("from_the_future", File.ReadAllText(Path.Combine(_folder, "again", "adapter_config.json")), StringComparison.Ordinal);
    }

    private static void Attach(CausalLanguageModel model, LoraConfig config)
    {
        var adapter = new Adapter("default", config);
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
    }
}
