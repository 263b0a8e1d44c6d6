using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Quantization;

/// <summary>Adapters that start with LoftQ over whole models: closer to the dense base than the codes alone, and the same after saving and loading.</summary>
public sealed class LoftQTests
{
    private const int Rank = 8;

    private static string Base => TestData.Small("fixtures", "models", "llama");

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    [InlineData("t5")]
    public void Attach_ToADenseBase_StoresItsLayersAndMakesUpForTheRounding(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel dense = TinyFamilies.Make(family);
        using PretrainedModel plain = TinyFamilies.Make(family);
        using PretrainedModel fitted = TinyFamilies.Make(family);
        plain.Quantize(new QuantizationSettings { DoubleQuantization = false });
        Attach(fitted, iterations: 2);

        Tensor expected = TinyFamilies.Outputs(dense);
        Assert.Equal(Quantized(plain), Quantized(fitted));
        Assert.True(Distance(expected, fitted) < 0.8 * Distance(expected, plain), "LoftQ is no closer to the dense base than its codes alone.");
    }

    [Fact]
    public void LoadAdapter_OverTheOriginalBase_ChoosesTheSameCodesAgain()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(Base);
        model.Quantize(new QuantizationSettings());
        Attach(model, iterations: 2);
        model.SaveAdapter(folder["adapter"]);
        model.SaveModel(folder["base"]);
        Tensor expected = TinyFamilies.Outputs(model);

        using LlamaForCausalLM original = LlamaForCausalLM.FromPretrained(Base);
        original.Quantize(new QuantizationSettings());
        original.LoadAdapter(folder["adapter"]);
        using LlamaForCausalLM saved = LlamaForCausalLM.FromPretrained(folder["base"]);
        saved.LoadAdapter(folder["adapter"]);

        Close.To(expected, TinyFamilies.Outputs(original), 1e-5, "over the original base");
        Close.Bits(expected, TinyFamilies.Outputs(saved), "over the saved base");
        string config = File.ReadAllText(Path.Combine(folder["adapter"], "adapter_config.json"));
        Assert.Contains("\"init_lora_weights\": \"loftq\"", config, StringComparison.Ordinal);
        Assert.Contains("\"loftq_iter\": 2", config, StringComparison.Ordinal);
    }

    [Fact]
    public void Attach_WithoutTheWeightsBeforeRounding_SaysWhereTheyComeFrom()
    {
        using PretrainedModel model = TinyFamilies.Make("llama in 4 bits");

        PeftException error = Assert.Throws<PeftException>(() => Attach(model, iterations: 1));

        Assert.Equal("PEFT303", error.Id);
        Assert.Contains("only their codes are left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attach_OfASecondAdapterOfAnotherRank_IsRefused()
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(Base);
        model.Quantize(new QuantizationSettings());
        Attach(model, iterations: 2);

        var other = new Adapter("other", Config(iterations: 2) with { Rank = 2 });
        PeftException error = Assert.Throws<PeftException>(() => AdapterWiring.Attach(model, other));

        Assert.Equal("PEFT303", error.Id);
        Assert.Contains("another adapter has already rounded the base", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_WithDequantize_AddsTheFactorsToTheCodes()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make("llama");
        Attach(model, iterations: 1);
        Tensor expected = TinyFamilies.Outputs(model);

        model.Merge(dequantize: true);

        Close.To(expected, TinyFamilies.Outputs(model), 1e-4, "merged");
    }

    private static LoraConfig Config(int iterations) =>
        new() { Rank = Rank, Targets = [LayerAdapterAttribute.AllLinear], Init = LoraInit.LoftQ, LoftQIterations = iterations };

    private static void Attach(PretrainedModel model, int iterations)
    {
        var adapter = new Adapter("default", Config(iterations));
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
    }

    private static IEnumerable<string> Quantized(PretrainedModel model) =>
        SlotTree.Layers(model).Where(place => place.Base!.Quantized is not null).Select(place => place.Path).Order(StringComparer.Ordinal);

    private static double Distance(Tensor expected, PretrainedModel model) => (expected - TinyFamilies.Outputs(model)).norm().item<float>();
}
