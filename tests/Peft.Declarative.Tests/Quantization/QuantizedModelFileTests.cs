using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Checkpoints;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Text.Json;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Quantization;

/// <summary>Directories of models whose base is quantized: what is written, read again, and refused.</summary>
public sealed class QuantizedModelFileTests
{
    private static string Base => TestData.Small("fixtures", "models", "llama");

    [Theory]
    [InlineData(QuantizationType.Nf4, true)]
    [InlineData(QuantizationType.Fp4, false)]
    [InlineData(QuantizationType.Dynamic8, true)]
    [InlineData(QuantizationType.Dynamic8, false)]
    [InlineData(QuantizationType.Int8, true)]
    public void SaveModel_InFewBits_LoadsAgainBitForBit(QuantizationType type, bool nested)
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(Base);
        model.Quantize(new QuantizationSettings(type) { DoubleQuantization = nested, Exclude = ["o_proj"], OutlierThreshold = 2.5 });
        Tensor expected = TinyFamilies.Outputs(model);

        model.SaveModel(folder["small"]);
        using LlamaForCausalLM saved = LlamaForCausalLM.FromPretrained(folder["small"]);

        Close.Bits(expected, TinyFamilies.Outputs(saved), "logits");
        JsonObject config = JsonFile.ReadObject(Path.Combine(folder["small"], "config.json"))["quantization_config"]!.AsObject();
        Assert.Equal(type switch { QuantizationType.Nf4 => "nf4", QuantizationType.Fp4 => "fp4", _ => null }, (string?)config["bnb_4bit_quant_type"]);
        Assert.Equal(type == QuantizationType.Int8, (bool?)config["load_in_8bit"]);
        Assert.Equal(type == QuantizationType.Int8 ? 2.5 : null, (double?)config["llm_int8_threshold"]);
        Assert.Contains("model.layers.0.self_attn.o_proj", config["llm_int8_skip_modules"]!.AsArray().Select(name => (string?)name));
    }

    [Theory]
    [InlineData("BF16", 2)]
    [InlineData("F32", 4)]
    [InlineData("I8", 1)]
    public void Load_OfCodesStoredInAnotherType_GivesTheSameModel(string type, int size)
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = QuantizedLlama.FromPretrained(Base, new QuantizationSettings());
        Tensor expected = TinyFamilies.Outputs(model);
        model.SaveModel(folder["small"]);
        SafetensorsBytes.Retype(Path.Combine(folder["small"], "model.safetensors"), name => name.EndsWith("_proj.weight", StringComparison.Ordinal), type, size);

        using LlamaForCausalLM saved = LlamaForCausalLM.FromPretrained(folder["small"]);

        Close.Bits(expected, TinyFamilies.Outputs(saved), "logits");
    }

    [Fact]
    public void SaveModel_AfterDequantize_IsAPlainModel()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = QuantizedLlama.FromPretrained(Base, new QuantizationSettings());
        model.SaveModel(folder["small"]);
        using LlamaForCausalLM small = LlamaForCausalLM.FromPretrained(folder["small"]);
        Tensor expected = TinyFamilies.Outputs(small);

        small.Dequantize();
        small.SaveModel(folder["plain"]);
        using LlamaForCausalLM plain = LlamaForCausalLM.FromPretrained(folder["plain"]);

        Close.To(expected, TinyFamilies.Outputs(plain), 1e-5, "logits");
        Assert.Null(JsonFile.ReadObject(Path.Combine(folder["plain"], "config.json"))["quantization_config"]);
    }

    [Fact]
    public void Load_OfDamagedFourBits_ListsWhatDoesNotFit()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = QuantizedLlama.FromPretrained(Base, new QuantizationSettings());
        model.SaveModel(folder["small"]);
        string path = Path.Combine(folder["small"], "model.safetensors");
        const string Layer = "model.layers.0.self_attn.q_proj.weight";
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            Dictionary<string, Tensor> tensors = file.Names.ToDictionary(name => name, name => file.Read(name).clone());
            tensors[Layer + ".absmax"] = zeros(3, dtype: ScalarType.Byte);
            tensors[Layer.Replace("q_proj", "k_proj", StringComparison.Ordinal) + ".quant_map"].zero_();
            SafetensorsWriter.Write(path, tensors);
        }

        PeftException error = Assert.Throws<PeftException>(() => LlamaForCausalLM.FromPretrained(folder["small"]));

        Assert.Equal("PEFT512", error.Id);
        Assert.Contains($"'{Layer}.absmax' has 3 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("k_proj.weight.quant_map' holds other values", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"quant_method\": \"gptq\", \"bits\": 4}")]
    [InlineData("{\"quant_method\": \"bitsandbytes\"}")]
    public void Load_OfAnotherQuantisation_IsRefused(string quantization)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["other"]);
        JsonObject config = JsonFile.ReadObject(Path.Combine(Base, "config.json"));
        config["quantization_config"] = JsonNode.Parse(quantization);
        File.WriteAllText(Path.Combine(folder["other"], "config.json"), config.ToJsonString());

        PeftException error = Assert.Throws<PeftException>(() => LlamaForCausalLM.FromPretrained(folder["other"]));

        Assert.Equal("PEFT511", error.Id);
        Assert.Contains("'quantization_config'", error.Message, StringComparison.Ordinal);
    }
}
