using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Poly;

/// <summary>Files of Polytropon: the reference library's fields, and which are refused.</summary>
public sealed class PolyFileTests
{
    [Theory]
    [InlineData(PolyInit.Default, "true")]
    [InlineData(PolyInit.Random, "false")]
    public void Save_OfDeclaredAdapter_HasTheReferencesFieldsAndLoads(PolyInit init, string initText)
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Perturb(Invariants.Attach(model, new PolyConfig { Rank = 3, Skills = 2, Splits = 4, Init = init, Exclude = ["layers.1.self_attn.v_proj"] }, "default"));
        model.SaveAdapter(folder.Path);

        using (AdapterFiles files = AdapterDirectory.Read(folder.Path))
        {
            JsonNode expected = JsonNode.Parse(
                $$"""
                {
                  "auto_mapping": null, "base_model_name_or_path": null, "inference_mode": true, "peft_version": "0.20.0", "revision": null, "task_type": "CAUSAL_LM",
                  "peft_type": "POLY", "poly_type": "poly", "r": 3, "n_tasks": 1, "n_skills": 2, "n_splits": 4, "init_weights": {{initText}},
                  "target_modules": ["q_proj", "v_proj"], "exclude_modules": ["layers.1.self_attn.v_proj"], "modules_to_save": null
                }
                """)!;
            Assert.True(JsonNode.DeepEquals(expected, files.Config), files.Config.ToJsonString());
        }

        using LlamaForCausalLM fresh = TinyModels.Llama();
        fresh.LoadAdapter(folder.Path);
        model.eval();
        fresh.eval();
        Close.Bits(TinyFamilies.Outputs(model), TinyFamilies.Outputs(fresh), "logits");
    }

    // The file is read before its tensors are filled in.
    [Theory]
    [InlineData("\"n_tasks\": 1,", "\"n_tasks\": 2000000000,", "PEFT702")]
    [InlineData("\"n_skills\": 4,", "\"n_skills\": 2000000000,", "PEFT702")]
    [InlineData("\"n_splits\": 1,", "\"n_splits\": 2000000000,", "PEFT702")]
    [InlineData("\"n_tasks\": 1,", "\"n_tasks\": 0,", "PEFT504")]
    [InlineData("\"n_splits\": 1,", "\"n_splits\": -1,", "PEFT504")]
    [InlineData("\"n_splits\": 1,", "\"n_splits\": 3,", "PEFT202")]
    [InlineData("\"poly_type\": \"poly\"", "\"poly_type\": \"mhr\"", "PEFT504")]
    public void Load_OfAFileThatCannotBe_IsRefused(string field, string changed, string id)
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Attach(model, new PolyConfig { Rank = 2 }, "default");
        model.SaveAdapter(folder.Path);
        string file = folder["adapter_config.json"];
        string text = File.ReadAllText(file);
        Assert.Contains(field, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(field, changed, StringComparison.Ordinal));

        Assert.Equal(id, Assert.Throws<PeftException>(() => model.LoadAdapter(folder.Path, "other")).Id);
        Assert.Single(model.Adapters);
    }

    [Fact]
    public void Attach_WithSplitsThatDoNotDivide_NamesTheLayerAndChangesNothing()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => Invariants.Attach(model, new PolyConfig { Rank = 2, Splits = 3 }, "default"));

        Assert.Equal("PEFT202", error.Id);
        Assert.Equal(
            "splits = 3 of [Poly] on 'LlamaForCausalLM' cannot be. Use a divisor of both sizes of 'q_proj' (32→32); 1 to 4 is common.", error.Message);
        Assert.Empty(model.Adapters);
    }
}
