using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Text.Json;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Bottleneck;

public sealed class BottleneckTests : IDisposable
{
    private readonly TemporaryFolder directory = new();

    [Fact]
    public void ReductionOf_ABlock_IsItsWidth()
    {
        using PretrainedModel model = TinyModels.Llama();

        Adapter adapter = Attach(model, new BottleneckConfig { Reduction = 16, ReductionOf = new Dictionary<int, double> { [1] = 4 } });

        Assert.Equal([2, 8], adapter.Tensors.Where(tensor => tensor.Key.EndsWith("adapter_down.0.bias", StringComparison.Ordinal)).Select(tensor => tensor.Value.size(0)));
    }

    [Fact]
    public void LeaveOut_InAnEncoderDecoder_CountsOnFromTheEncoder()
    {
        using PretrainedModel model = TinyModels.T5();   // two blocks in the encoder, three in the decoder

        Adapter adapter = Attach(model, new BottleneckConfig { LeaveOut = [0, 2] });

        IEnumerable<string> blocks = adapter.Tensors.Select(tensor => string.Join('.', tensor.Key.Split('.')[..3])).Distinct();
        Assert.Equal(["encoder.block.1", "decoder.block.1", "decoder.block.2"], blocks);
    }

    [Fact]
    public void Targets_WithCrossAttention_StandThereToo()
    {
        using PretrainedModel model = TinyModels.T5();

        Adapter adapter = Attach(model, new BottleneckConfig { Targets = [SublayerKind.CrossAttention] });

        Assert.All(adapter.Tensors, tensor => Assert.Contains(".layer.1.adapters.default.", tensor.Key, StringComparison.Ordinal));
        Assert.Equal(3 * 4, adapter.Tensors.Count);
    }

    [Fact]
    public void Targets_ThatNoBlockHas_SayWhichThereAre()
    {
        using PretrainedModel model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => Attach(model, new BottleneckConfig { Targets = [SublayerKind.CrossAttention] }));

        Assert.Equal("PEFT103", error.Id);
        Assert.Contains("The sublayers are attention, mlp.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OfADeclaredOne_ReadsBackAsTheSame()
    {
        using DisposeScope scope = NewDisposeScope();
        var config = new BottleneckConfig
        {
            Targets = [SublayerKind.Attention, SublayerKind.FeedForward],
            Reduction = 8,
            ReductionOf = new Dictionary<int, double> { [0] = 4 },
            LeaveOut = [1],
            LearnedScale = ScaleLearning.Channel,
            Residual = BottleneckResidual.Sum,
            Gated = true,
            NormAfter = true,
        };
        using PretrainedModel model = TinyModels.Llama();
        Attach(model, config).Save(directory.Path);

        var read = (BottleneckConfig)TinyModels.Llama().LoadAdapter(directory.Path).Config;

        Assert.Empty(config.Conflicts(read));
        JsonObject file = JsonFile.ReadObject(directory["adapter_config.json"]);
        Assert.Equal("LlamaForCausalLM", file["model_class"]!.GetValue<string>());
        Assert.Equal("default", file["name"]!.GetValue<string>());
        Assert.Equal("swish", file["config"]!["non_linearity"]!.GetValue<string>());
    }

    [Fact]
    public void Load_OntoADeclarationOfAnotherScale_SaysBoth()
    {
        using PretrainedModel model = TinyModels.Llama();
        Attach(model, new BottleneckConfig { Scale = 2 }).Save(directory.Path);
        using PretrainedModel other = TinyModels.Llama();
        Attach(other, new BottleneckConfig());

        PeftException error = Assert.Throws<PeftException>(() => other.LoadAdapter(directory.Path));

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains("its 'scaling' is 2, not 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("phm_layer", "true", "PEFT701")]
    [InlineData("inv_adapter", "\"glow\"", "PEFT701")]
    [InlineData("non_linearity", "\"wave\"", "PEFT504")]
    [InlineData("reduction_factor", "0", "PEFT504")]
    [InlineData("reduction_factor", "{\"one\": 2}", "PEFT504")]
    [InlineData("scaling", "\"much\"", "PEFT504")]
    [InlineData("reduction_factor", "{\"0\": 2}", "PEFT202")]
    public void Load_OfASettingThatCannotBe_IsRefused(string field, string value, string id)
    {
        using PretrainedModel model = TinyModels.Llama();
        Attach(model, new BottleneckConfig()).Save(directory.Path);
        JsonObject file = JsonFile.ReadObject(directory["adapter_config.json"]);
        file["config"]![field] = JsonNode.Parse(value);
        File.WriteAllText(directory["adapter_config.json"], file.ToJsonString());
        using PretrainedModel fresh = TinyModels.Llama();

        Assert.Equal(id, Assert.Throws<PeftException>(() => fresh.LoadAdapter(directory.Path)).Id);
        Assert.Empty(fresh.Adapters);
    }

    [Fact]
    public void Load_OfATrainedHead_BringsItBack()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make("bert");
        Adapter adapter = Attach(model, new BottleneckConfig());
        using (no_grad())
        {
            adapter.Tensors.Single(tensor => tensor.Key == "classifier.bias").Value.fill_(3);
        }

        adapter.Save(directory.Path);
        using PretrainedModel fresh = TinyFamilies.Make("bert");
        fresh.LoadAdapter(directory.Path);

        Assert.True(File.Exists(directory["model_head.safetensors"]));
        Close.Bits(TinyFamilies.Outputs(model), TinyFamilies.Outputs(fresh), "logits");
    }

    [Fact]
    public void StochasticDepth_InEvaluation_IsOff()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make("llama");
        Attach(model, new BottleneckConfig { StochasticDepth = 0.5 });
        model.eval();

        Close.Bits(TinyFamilies.Outputs(model), TinyFamilies.Outputs(model), "logits");
        model.train();
        random.manual_seed(2);
        Assert.False(TinyFamilies.Outputs(model).allclose(TinyFamilies.Outputs(model)));
    }

    [Fact]
    public void TwoSteps_WithABottleneckInEveryPlace_LeakNothing()
    {
        using PretrainedModel model = TinyFamilies.Make("t5");
        Attach(model, new BottleneckConfig { Targets = [SublayerKind.Attention, SublayerKind.CrossAttention, SublayerKind.FeedForward], Invertible = true });
        Run(model);
        long before = LiveTensors.CountAfterCollection();

        Run(model);

        Assert.InRange(Tensor.TotalCount, 0, before);

        static void Run(PretrainedModel model)
        {
            using DisposeScope scope = NewDisposeScope();
            TinyFamilies.Outputs(model).square().mean().backward();
        }
    }

    [Fact]
    public void OnABaseInBFloat16_ComputesInFloat32AndGivesItsTypeBack()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make("bert");
        model.Use(Precision.BFloat16);
        Adapter adapter = Attach(model, new BottleneckConfig { Gated = true, NormAfter = true, Invertible = true });

        Tensor logits = TinyFamilies.Outputs(model);
        logits.to(ScalarType.Float32).square().mean().backward();

        Assert.All(adapter.Tensors, tensor => Assert.Equal(ScalarType.Float32, tensor.Value.dtype));
        Assert.True(logits.isfinite().all().item<bool>());
    }

    [Fact]
    public void Gates_OfTheActiveAdapter_AreAnObstacleToPacking()
    {
        using PretrainedModel model = TinyFamilies.Make("llama");
        Attach(model, new BottleneckConfig { Gated = true });

        Assert.Contains("gates", model.PackingObstacle, StringComparison.Ordinal);
        model.Adapters.Activate();
        Assert.Null(model.PackingObstacle);
    }

    [Fact]
    public void AddedTwice_ToOneAdapter_SaysWhereAndLeavesNeither()
    {
        using PretrainedModel model = TinyFamilies.Make("llama");

        PeftException error = Assert.Throws<PeftException>(() => Attach(model, new UnionConfig([new BottleneckConfig(), new ParallelBottleneckConfig()])));

        Assert.Contains("twice after one mlp", error.Message, StringComparison.Ordinal);
        Assert.All(SublayerSlots.Of(model), place => Assert.Empty(place.SublayerSlot.Parts));
    }

    [Fact]
    public void BesideLora_BothLearn()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make("llama");
        Adapter low = Attach(model, new LoraConfig { Rank = 2 }, "low");
        Adapter bottleneck = Attach(model, new ParallelBottleneckConfig(), "beside");

        TinyFamilies.Outputs(model).square().mean().backward();

        Assert.All(low.Tensors.Concat(bottleneck.Tensors), tensor => Assert.NotNull(tensor.Value.grad));
        Assert.Equal(2, SublayerSlots.Of(model).Count(place => place.SublayerSlot.Parts.Count == 1));
    }

    public void Dispose() => directory.Dispose();

    private static Adapter Attach(PretrainedModel model, AdapterConfig config, string name = "default")
    {
        var adapter = new Adapter(name, config);
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }
}
