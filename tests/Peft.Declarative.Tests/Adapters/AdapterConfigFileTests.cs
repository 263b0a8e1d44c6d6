using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;

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

    private static JsonObject Saved(LoraConfig config)
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
