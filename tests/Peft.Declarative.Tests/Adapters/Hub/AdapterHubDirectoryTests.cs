using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters.Hub;

public sealed class AdapterHubDirectoryTests : IDisposable
{
    private readonly TemporaryFolder directory = new();

    [Fact]
    public void Load_UnderAnotherName_SavesTheFileAsItWas()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = Write(Settings());
        using PretrainedModel model = TinyModels.Llama();

        Adapter adapter = model.LoadAdapter(directory.Path, "mine");
        adapter.Save(directory["copy"]);

        using AdapterFiles copy = AdapterDirectory.Read(directory["copy"]);
        Assert.Equal("theirs", copy.Config["name"]!.GetValue<string>());
        Assert.Equal(tensors.Keys.Order(), copy.Tensors.Keys.Order());
        Assert.All(tensors, pair => Close.Bits(pair.Value, copy.Tensors[pair.Key], pair.Key));
    }

    [Fact]
    public void Load_OntoADeclaredAdapter_TakesTheFileOverAndItsFormat()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(Settings());
        using PretrainedModel model = TinyModels.Llama();
        model.LoadAdapter(directory.Path, "mine");
        model.Adapters["mine"].Save(directory["copy"]);

        Adapter again = model.LoadAdapter(directory["copy"], "mine");

        Assert.Contains("model.layers.0.self_attn.q_proj.loras.theirs.lora_A", again.Tensors.Select(tensor => tensor.Key));
    }

    [Fact]
    public void Load_Union_IsOneAdapter()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(new JsonObject { ["architecture"] = "union", ["configs"] = new JsonArray(Settings()) });
        using PretrainedModel model = TinyModels.Llama();

        Adapter adapter = model.LoadAdapter(directory.Path);

        Assert.IsType<UnionConfig>(adapter.Config);
        Assert.Equal(2, adapter.Tensors.Count);
    }

    [Fact]
    public void Load_LowRankUpdatesOfAFusedLayer_AdaptTheNamedProjections()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make("gpt2");
        const string Layer = "transformer.h.1.attn.c_attn.loras.theirs.";
        long width = model.Config.HiddenSize;
        var tensors = new Dictionary<string, Tensor> { [Layer + "lora_A"] = randn(4, width), [Layer + "lora_B"] = randn(2 * width, 2) };
        AdapterDirectory.Write(directory.Path, new JsonObject { ["config"] = Settings(), ["name"] = "theirs" }, tensors);
        Tensor before = model.Embed(TinyModels.Ids());
        nn.Module<Tensor, Tensor> Fused() => ((Gpt2ForCausalLM)model).transformer.h[1].attn.c_attn;
        Tensor frozen = Fused().call(before);

        model.LoadAdapter(directory.Path);
        Tensor adapted = Fused().call(before);

        // y = W x + 2 · B (A x), for query and value; the key is as it was.
        Tensor query = Update(before, tensors[Layer + "lora_A"].narrow(0, 0, 2), tensors[Layer + "lora_B"].narrow(0, 0, width));
        Tensor value = Update(before, tensors[Layer + "lora_A"].narrow(0, 2, 2), tensors[Layer + "lora_B"].narrow(0, width, width));
        Close.To(cat([query, zeros_like(query), value], -1), adapted - frozen, 1e-4, "update");
        model.Merge();
        Close.To(adapted, Fused().call(before), 1e-4, "merged");
    }

    [Fact]
    public void Load_UnknownArchitecture_SaysWhichAreKnown()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(new JsonObject { ["architecture"] = "compacter3000" });
        using PretrainedModel model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => model.LoadAdapter(directory.Path));

        Assert.Equal("PEFT701", error.Id);
        Assert.Contains("Lora", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PickledWeights_SaysTheWayOut()
    {
        File.WriteAllText(directory["adapter_config.json"], "{\"config\": {}, \"name\": \"x\"}");
        File.WriteAllText(directory["pytorch_adapter.bin"], "");
        using PretrainedModel model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => model.LoadAdapter(directory.Path));

        Assert.Contains("adapter.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"reduction_factor\": 1e-9, \"output_adapter\": true}", "'reduction_factor' 1E-09")]
    [InlineData("{\"reduction_factor\": {\"0\": 1e-9, \"default\": 16}, \"output_adapter\": true}", "'reduction_factor' 1E-09")]
    [InlineData("{\"inv_adapter\": \"nice\", \"inv_adapter_reduction_factor\": 1e-9}", "'inv_adapter_reduction_factor' 1E-09")]
    [InlineData("{\"architecture\": \"lora\", \"r\": 1000000000}", "'r' states 1,000,000,000")]
    [InlineData("{\"architecture\": \"union\", \"configs\": [{\"architecture\": \"prefix_tuning\", \"prefix_length\": 1000000000}]}", "'prefix_length' states")]
    public void Load_OfSizesFarAboveTheTensors_IsRefusedBeforeAnythingIsMade(string settings, string expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Write(JsonNode.Parse(settings)!.AsObject());
        using PretrainedModel model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => model.LoadAdapter(directory.Path));

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithoutAName_NamesTheField()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(Settings(), name: null);
        using PretrainedModel model = TinyModels.Llama();

        Assert.Contains("'name'", Assert.Throws<PeftException>(() => model.LoadAdapter(directory.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithANameOfManyPages_SaysWhatIsMissingInPart()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(Settings(), name: new string('x', 5000));
        using PretrainedModel model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => model.LoadAdapter(directory.Path));

        Assert.Contains("has no counterpart in the model", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 2000);
    }

    public void Dispose() => directory.Dispose();

    private static JsonObject Settings() => new() { ["architecture"] = "lora", ["r"] = 2, ["alpha"] = 4, ["composition_mode"] = "add" };

    private static Tensor Update(Tensor x, Tensor a, Tensor b) => nn.functional.linear(nn.functional.linear(x, a), b) * 2;

    private Dictionary<string, Tensor> Write(JsonObject settings, string? name = "theirs")
    {
        using PretrainedModel model = TinyModels.Llama();
        const string Layer = "model.layers.0.self_attn.q_proj.loras.theirs.";
        var tensors = new Dictionary<string, Tensor>
        {
            [Layer + "lora_A"] = randn(2, model.Config.HiddenSize),
            [Layer + "lora_B"] = randn(model.Config.HiddenSize, 2),
        };
        AdapterDirectory.Write(directory.Path, new JsonObject { ["config"] = settings, ["name"] = name }, tensors);
        return tensors;
    }
}
