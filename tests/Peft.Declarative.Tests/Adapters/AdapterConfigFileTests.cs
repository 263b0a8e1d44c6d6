using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>What a declared adapter's file says must mean the same to the reference library, which has other tables and looser matching.</summary>
public sealed class AdapterConfigFileTests
{
    [Fact]
    public void Save_OfUsualTargets_NamesThem() =>
        Assert.Equal("""["q_proj","v_proj"]""", Saved(new LoraConfig { Rank = 4 })["target_modules"]!.ToJsonString());

    [Fact]
    public void Save_OfAllLinear_ListsFullPaths()
    {
        JsonArray targets = Saved(new LoraConfig { Rank = 4, Targets = [LayerAdapterAttribute.AllLinear] })["target_modules"]!.AsArray();

        Assert.Equal(14, targets.Count);
        Assert.Contains("model.layers.1.mlp.down_proj", targets.Select(target => target!.GetValue<string>()));
    }

    [Fact]
    public void Save_OfModulesToSave_WritesPathsThatMatchNothingElse() =>
        Assert.Equal("""["model.norm"]""", Saved(new LoraConfig { Rank = 4, ModulesToSave = ["norm"] })["modules_to_save"]!.ToJsonString());

    [Fact]
    public void Save_OfDeclaredAdapter_WritesTheReferencesDefaults()
    {
        JsonObject config = Saved(new LoraConfig { Rank = 4, UseRsLora = true });

        Assert.Equal(4, config["r"]!.GetValue<int>());
        Assert.Equal(4, config["lora_alpha"]!.GetValue<int>());
        Assert.True(config["use_rslora"]!.GetValue<bool>());
        Assert.True(config["inference_mode"]!.GetValue<bool>());
        Assert.Equal("none", config["bias"]!.GetValue<string>());
        Assert.Equal("CAUSAL_LM", config["task_type"]!.GetValue<string>());
        Assert.Equal(config.Select(field => field.Key).Order(StringComparer.Ordinal), config.Select(field => field.Key));
    }

    [Fact]
    public void Save_OfAdaLora_HasTheReferencesFields()
    {
        const string Defaults =
            """
            {"alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null, "beta1": 0.85, "beta2": 0.85, "bias": "none", "corda_config": null,
            "deltaT": 1, "ensure_weight_tying": false, "eva_config": null, "exclude_modules": null, "fan_in_fan_out": false, "init_lora_weights": true,
            "init_r": 12, "layer_replication": null, "layers_pattern": null, "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 8, "lora_bias": false,
            "lora_dropout": 0.0, "lora_ga_config": null, "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null,
            "monteclora_config": null, "orth_reg_weight": 0.5, "qalora_group_size": 16, "r": 8, "rank_pattern": null, "target_modules": ["q_proj", "v_proj"],
            "target_parameters": null, "target_r": 8, "tfinal": 0, "tinit": 0, "total_step": 1, "trainable_token_indices": null, "use_bdlora": null, "use_dora": false,
            "use_qalora": false, "use_rslora": false, "velora_config": null}
            """;
        JsonObject config = Saved(new AdaLoraConfig { Alpha = 8 });

        foreach ((string field, JsonNode? value) in JsonNode.Parse(Defaults)!.AsObject())
        {
            Assert.True(config.ContainsKey(field), field);
            Assert.True(JsonNode.DeepEquals(value, config[field]), $"{field}: {config[field]?.ToJsonString() ?? "null"}");
        }
    }

    [Fact]
    public void Save_OfIa3_NamesFeedForwardLayersAmongItsTargets()
    {
        JsonObject usual = Saved(new Ia3Config());
        JsonObject part = Saved(new Ia3Config { Targets = ["k_proj"] });
        JsonObject paths = Saved(new Ia3Config { Targets = ["mlp.down_proj"], FeedForward = ["model.layers.0.mlp.down_proj"] });

        Assert.Equal("""["k_proj","v_proj","down_proj"]""", usual["target_modules"]!.ToJsonString());
        Assert.Equal("""["down_proj"]""", usual["feedforward_modules"]!.ToJsonString());
        Assert.Equal("[]", part["feedforward_modules"]!.ToJsonString());
        Assert.Equal("""["model.layers.0.mlp.down_proj","model.layers.1.mlp.down_proj"]""", paths["target_modules"]!.ToJsonString());
        Assert.Equal("""["model.layers.0.mlp.down_proj"]""", paths["feedforward_modules"]!.ToJsonString());
    }

    private static JsonObject Saved(AdapterConfig config)
    {
        string folder = Directory.CreateTempSubdirectory("peft-config-").FullName;
        try
        {
            using LlamaForCausalLM model = TinyModels.Llama();
            var adapter = new Adapter("default", config);
            AdapterWiring.Attach(model, adapter);
            model.Adapters.Adopt(adapter);
            model.SaveAdapter(folder);
            return JsonFile.ReadObject(Path.Combine(folder, AdapterDirectory.ConfigName));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
