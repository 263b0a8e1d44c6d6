using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Adapter files as other people's programs write them: each cause is told apart, and what is mechanical is done.</summary>
public sealed class StrangeAdapterFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LlamaForCausalLM _model = TinyModels.Llama();

    public StrangeAdapterFileTests() => _model.eval();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("compiled", "base_model.model.", "base_model.model._orig_mod.")]
    [InlineData("no root", "base_model.model.", "")]
    [InlineData("distributed", "base_model.model.", "module.base_model.model.")]
    [InlineData("other root", "base_model.model.model.layers", "base_model.model.language_model.model.layers")]
    [InlineData("bare backbone", "base_model.model.model.layers", "base_model.model.layers")]
    [InlineData("adapter's name inside", ".weight", ".default.weight")]
    public void Load_WithAnotherPrefix_ReadsItAndWarns(string what, string usual, string other)
    {
        Write(config => config, tensors => tensors.ToDictionary(entry => entry.Key.Replace(usual, other, StringComparison.Ordinal), entry => entry.Value));
        using DisposeScope scope = NewDisposeScope();

        Adapter loaded = _model.LoadAdapter(_folder.Path);

        using LlamaForCausalLM expected = Trained();
        Assert.True(TinyFamilies.Outputs(expected).allclose(TinyFamilies.Outputs(_model)), what);
        Assert.Contains("tensor names", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OntoAnotherBase_ShowsANameOfEachSide()
    {
        Write(config => config, tensors => tensors.ToDictionary(entry => entry.Key.Replace("layers.1", "layers.7", StringComparison.Ordinal), entry => entry.Value));

        PeftException error = Assert.Throws<PeftException>(() => _model.LoadAdapter(_folder.Path));

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains("layers.7", error.Message, StringComparison.Ordinal);
        Assert.Contains("those of this model like", error.Message, StringComparison.Ordinal);
        Assert.Empty(_model.Adapters);
    }

    [Fact]
    public void Load_IntoANameThatIsTaken_SaysToUseAnother()
    {
        Write(config => config, tensors => tensors);
        _model.Adapters.Attach(new Adapter("default", new LoraConfig { Rank = 3, Targets = ["q_proj"] }));

        PeftException error = Assert.Throws<PeftException>(() => _model.LoadAdapter(_folder.Path));

        Assert.Contains("under a name of its own", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Load_OfADivergedAdapter_SaysSo(float value)
    {
        Write(config => config, tensors => tensors.ToDictionary(entry => entry.Key, entry => full_like(entry.Value, value)));

        PeftException error = Assert.Throws<PeftException>(() => _model.LoadAdapter(_folder.Path));

        Assert.Contains("diverged", error.Message, StringComparison.Ordinal);
        Assert.Empty(_model.Adapters);
    }

    [Theory]
    [InlineData("all-linear")]
    [InlineData("ALL-LINEAR")]
    public void Load_WithAllLinearAsText_AdaptsThem(string text)
    {
        using (LlamaForCausalLM source = TinyModels.Llama())
        {
            source.Adapters.Attach(new Adapter("default", new LoraConfig { Rank = 2, Targets = ["all-linear"] }));
            source.SaveAdapter(_folder.Path);
        }

        Edit(config => config["target_modules"] = text);

        Assert.Equal(2 * 7 * 2, _model.LoadAdapter(_folder.Path).Tensors.Count);
    }

    [Fact]
    public void Load_OfAVeryOldFile_NamesItsAge()
    {
        Write(config => config, tensors => tensors);
        Edit(config => config["enable_lora"] = new JsonArray(true, false, true));

        Assert.Contains("before 0.3", Assert.Throws<PeftException>(() => _model.LoadAdapter(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adapter_model.safetensors")]
    [InlineData("adapter_config.json")]
    public void Load_OfAPointer_CallsItOne(string file)
    {
        Write(config => config, tensors => tensors);
        File.WriteAllText(_folder[file], "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n");

        Assert.Contains("git-lfs pointer", Assert.Throws<PeftException>(() => _model.LoadAdapter(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithTheBasesOwnEmbeddings_IgnoresThem()
    {
        Write(config => config, tensors => new(tensors)
        {
            ["base_model.model.model.embed_tokens.weight"] = Base("embed_tokens"),
            ["base_model.model.lm_head.weight"] = Base("lm_head"),
        });

        Assert.Empty(_model.LoadAdapter(_folder.Path).Warnings);
    }

    [Fact]
    public void Load_WithAGrownVocabulary_NeedsTheResizeAndThenBringsItsRows()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor added = full([2, 32], 0.25f);
        Write(config => config, tensors => new(tensors)
        {
            ["base_model.model.model.embed_tokens.weight"] = cat([Base("embed_tokens"), added], 0),
            ["base_model.model.lm_head.weight"] = cat([Base("lm_head"), added], 0),
        });

        PeftException error = Assert.Throws<PeftException>(() => _model.LoadAdapter(_folder.Path));
        Assert.Contains("ResizeEmbeddings(50)", error.Message, StringComparison.Ordinal);

        _model.ResizeEmbeddings(50);
        _model.LoadAdapter(_folder.Path);

        Assert.Equal(50, _model.Config.VocabularySize);
        Assert.True(Base("embed_tokens").narrow(0, 48, 2).eq(added).all().item<bool>());
        Assert.Equal(50, _model.forward(tensor(new long[,] { { 48, 49, 1 } })).size(2));
    }

    [Fact]
    public void ResizeEmbeddings_OnATiedModel_GrowsBothAndKeepsTheRest()
    {
        using Gpt2ForCausalLM model = TinyModels.Gpt2();
        model.eval();
        using DisposeScope scope = NewDisposeScope();
        Tensor before = model.forward(TinyModels.Ids());

        model.ResizeEmbeddings(51);

        Tensor after = model.forward(TinyModels.Ids());
        Assert.Equal(51, after.size(2));
        Assert.True(before.allclose(after.narrow(2, 0, 48), rtol: 1e-5, atol: 1e-5));
        Assert.Throws<PeftException>(() => model.ResizeEmbeddings(50));
    }

    private Tensor Base(string name) => _model.state_dict().First(entry => entry.Key.EndsWith(name + ".weight", StringComparison.Ordinal)).Value.detach();

    private static LlamaForCausalLM Trained()
    {
        LlamaForCausalLM model = TinyModels.Llama();
        model.eval();
        var adapter = new Adapter("default", new LoraConfig { Rank = 2, Targets = ["q_proj", "v_proj"] });
        model.Adapters.Attach(adapter);
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal))
        {
            random.manual_seed(tensor.Key.Length);
            tensor.Value.copy_(randn_like(tensor.Value));
        }

        return model;
    }

    private void Write(Func<JsonObject, JsonObject> config, Func<Dictionary<string, Tensor>, Dictionary<string, Tensor>> tensors)
    {
        using (LlamaForCausalLM model = Trained())
        {
            model.SaveAdapter(_folder.Path);
        }

        using AdapterFiles files = AdapterDirectory.Read(_folder.Path);
        AdapterDirectory.Write(_folder.Path, config(files.Config), tensors(files.Tensors.ToDictionary(entry => entry.Key, entry => entry.Value)));
    }

    private void Edit(Action<JsonObject> change)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(_folder["adapter_config.json"]))!.AsObject();
        change(config);
        File.WriteAllText(_folder["adapter_config.json"], config.ToJsonString());
    }
}
