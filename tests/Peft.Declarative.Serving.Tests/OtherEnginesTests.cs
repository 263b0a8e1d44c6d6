using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Serving.Tests;

/// <summary>
/// Saved adapters as vLLM and llama.cpp read them, by the rules of their loaders: vLLM's <c>vllm/lora/peft_helper.py</c> and <c>lora_model.py</c>, and
/// llama.cpp's <c>convert_lora_to_gguf.py</c> with <c>get_scale</c> of <c>llama-adapter.h</c>.
/// </summary>
public sealed class OtherEnginesTests : IDisposable
{
    private const int Rank = 16;   // vLLM's limit unless --max-lora-rank raises it

    private static readonly string[] Targets = ["q_proj", "v_proj", "down_proj"];

    private readonly PersonaFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("LoRA", true, true)]
    [InlineData("rsLoRA", true, false)]
    [InlineData("LoRA with RankPattern", false, true)]
    [InlineData("LoRA with AlphaPattern", false, false)]
    [InlineData("LoRA with ModulesToSave", false, false)]
    [InlineData("DoRA", false, false)]
    [InlineData("AdaLoRA", false, false)]
    [InlineData("VeRA", false, false)]
    [InlineData("(IA)³", false, false)]
    public void Adapter_AsItIsSaved_IsServedWhereItsMethodIsKnown(string method, bool byVllm, bool byLlamaCpp)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder.Model);
        Attach(model, method).Save(_folder["first"]);

        Assert.Equal(byVllm, Scales(_folder["first"], Vllm) is not null);
        Assert.Equal(byLlamaCpp, Scales(_folder["first"], LlamaCpp) is not null);
    }

    [Theory]
    [InlineData("LoRA")]
    [InlineData("rsLoRA")]
    [InlineData("LoRA with RankPattern")]
    [InlineData("LoRA with AlphaPattern")]
    [InlineData("DoRA")]
    [InlineData("AdaLoRA")]
    [InlineData("VeRA")]
    [InlineData("(IA)³")]
    public void Adapter_ConvertedToLora_IsServedByBoth_AndChangesTheWeightsAsReported(string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder.Model);
        Attach(model, method);
        LoraApproximation lora = model.Adapters.ConvertToLora("first", "converted", Rank);
        lora.Adapter.Save(_folder["converted"]);
        model.Adapters.Activate("first");
        model.Merge();
        string merged = Path.Combine(_folder.Root, "merged");
        model.SaveModel(merged);

        IReadOnlyDictionary<string, double>? scales = Scales(_folder["converted"], Vllm);
        Assert.NotNull(scales);
        Assert.Equal(scales, Scales(_folder["converted"], LlamaCpp));
        using SafetensorsFile adapter = SafetensorsFile.Open(Path.Combine(_folder["converted"], "adapter_model.safetensors"));
        using SafetensorsFile before = SafetensorsFile.Open(Path.Combine(_folder.Model, "model.safetensors"));
        using SafetensorsFile after = SafetensorsFile.Open(Path.Combine(merged, "model.safetensors"));
        double lost = 0, whole = 0;
        foreach ((string module, double scale) in scales)
        {
            Tensor change = after.Read(module + ".weight") - before.Read(module + ".weight");
            Tensor product = adapter.Read($"base_model.model.{module}.lora_B.weight").matmul(adapter.Read($"base_model.model.{module}.lora_A.weight")) * scale;
            lost += (change - product).square().sum().ToDouble();
            whole += change.square().sum().ToDouble();
        }

        Assert.Equal(lora.RelativeError, Math.Sqrt(lost / whole), 1e-4);
        Assert.True(method is "DoRA" or "(IA)³" ? lora.RelativeError is > 0 and < 1 : lora.RelativeError < 1e-4);
    }

    private static Adapter Attach(LlamaForCausalLM model, string method)
    {
        var adapter = new Adapter("first", method switch
        {
            "rsLoRA" => new LoraConfig { Rank = 4, Alpha = 8, UseRsLora = true, Targets = Targets },
            "LoRA with RankPattern" => new LoraConfig { Rank = 4, Alpha = 8, Targets = Targets, RankPattern = [KeyValuePair.Create("q_proj", 2)] },
            "LoRA with AlphaPattern" => new LoraConfig { Rank = 4, Alpha = 8, Targets = Targets, AlphaPattern = [KeyValuePair.Create("q_proj", 2.0)] },
            "LoRA with ModulesToSave" => new LoraConfig { Rank = 4, Alpha = 8, Targets = Targets, ModulesToSave = ["lm_head"] },
            "DoRA" => new DoraConfig { Rank = 4, Targets = Targets },
            "AdaLoRA" => new AdaLoraConfig { InitialRank = 4, TargetRank = 2, Targets = Targets },
            "VeRA" => new VeraConfig { Rank = 8, Targets = ["q_proj"] },
            "(IA)³" => new Ia3Config { Targets = Targets, FeedForward = ["down_proj"] },
            _ => new LoraConfig { Rank = 4, Alpha = 8, Targets = Targets },
        });
        model.Adapters.Attach(adapter);
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        manual_seed(7);
        foreach (var tensor in adapter.Tensors)
        {
            tensor.Value.add_(randn_like(tensor.Value), 0.3);
        }

        return adapter;
    }

    // The scale of each module's product B A; null if the engine refuses the files or would compute something else than they say.
    private static IReadOnlyDictionary<string, double>? Scales(string directory, Func<JsonNode, long, double?> scaleOf)
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "adapter_config.json")))!;
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(directory, "adapter_model.safetensors"));
        Dictionary<string, double> scales = [];
        foreach (string name in file.Names)
        {
            string? module = new[] { ".lora_A.weight", ".lora_B.weight" }.Where(name.EndsWith).Select(end => name["base_model.model.".Length..^end.Length]).FirstOrDefault();
            if (module is null || !file.Contains($"base_model.model.{module}.lora_A.weight") || scaleOf(config, file.Entry($"base_model.model.{module}.lora_A.weight").Shape[0]) is not { } scale)
            {
                return null;
            }

            scales[module] = scale;
        }

        return scales;
    }

    // Reads r, lora_alpha and use_rslora, and no pattern; refuses DoRA, biases, whole modules, and ranks above its limit.
    private static double? Vllm(JsonNode config, long rank) =>
        config["r"] is null || config["lora_alpha"] is null || Patterns(config) || (int)config["r"]! > Rank
        || (string?)config["bias"] != "none" || (bool?)config["use_dora"] == true || config["modules_to_save"] is JsonArray { Count: > 0 }
            ? null
            : (double)config["lora_alpha"]! / ((bool)config["use_rslora"]! ? Math.Sqrt((double)config["r"]!) : (double)config["r"]!);

    // Reads lora_alpha alone; the rank is that of the tensors.
    private static double? LlamaCpp(JsonNode config, long rank) =>
        config["lora_alpha"] is null || config["alpha_pattern"] is JsonObject { Count: > 0 } || (bool?)config["use_rslora"] == true ? null : (double)config["lora_alpha"]! / rank;

    private static bool Patterns(JsonNode config) => config["rank_pattern"] is JsonObject { Count: > 0 } || config["alpha_pattern"] is JsonObject { Count: > 0 };
}
