using Peft.Declarative.Models;
using Peft.Declarative.Tests.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class SaveModelTests
{
    private static string Base => TestData.Small("fixtures", "models", "llama");

    [Fact]
    public void SaveModel_WithMergedAdapter_LoadsAsAPlainModelWithTheSameLogits()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM adapted = Adapted();
        Tensor ids = TinyModels.Ids();
        Tensor expected = adapted.forward(ids).detach();
        adapted.Merge();

        adapted.SaveModel(folder["merged"]);
        using LlamaForCausalLM plain = LlamaForCausalLM.FromPretrained(folder["merged"]);

        ScheduleData.AssertClose(expected, plain.forward(ids), 1e-4, 1e-4, "logits");
        Assert.Equal(File.ReadAllBytes(Path.Combine(Base, "config.json")), File.ReadAllBytes(Path.Combine(folder["merged"], "config.json")));
    }

    [Fact]
    public void SaveModel_WithoutMerging_WritesTheBaseBitForBit()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM adapted = Adapted();
        using LlamaForCausalLM plain = LlamaForCausalLM.FromPretrained(Base);

        adapted.SaveModel(folder["base"]);
        using LlamaForCausalLM saved = LlamaForCausalLM.FromPretrained(folder["base"]);

        Assert.True(plain.forward(TinyModels.Ids()).eq(saved.forward(TinyModels.Ids())).all().item<bool>());
    }

    [Fact]
    public void SaveModel_OverItsOwnDirectory_IsRefused()
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(Base);

        Assert.Equal("PEFT502", Assert.Throws<PeftException>(() => model.SaveModel(Base)).Id);
    }

    private static LlamaForCausalLM Adapted()
    {
        LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(Base);
        var adapter = new Adapter("default", new LoraConfig { Rank = 4 });
        Peft.Declarative.Adapters.AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        using IDisposable quiet = no_grad();
        foreach ((_, Parameter value) in model.TrainableParameters)
        {
            value.add_(randn_like(value), alpha: 0.1);
        }

        return model;
    }
}
