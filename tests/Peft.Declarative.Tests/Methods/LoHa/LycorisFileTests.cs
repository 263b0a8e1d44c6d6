using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.LoHa;

/// <summary>Files of the methods of LyCORIS: the reference library's fields, and what is special about theirs.</summary>
public sealed class LycorisFileTests
{
    private const string Shared =
        """
        "alpha": 6, "alpha_pattern": {"v_proj": 3}, "exclude_modules": null, "layers_pattern": null, "layers_to_transform": null,
        "module_dropout": 0.2, "modules_to_save": null, "r": 3, "rank_dropout": 0.1, "rank_pattern": {"v_proj": 1}, "target_modules": ["q_proj", "v_proj"],
        "use_effective_conv2d": false
        """;

    public static TheoryData<AdapterConfig, string> Written => new()
    {
        { Of(new LoHaConfig()), "\"peft_type\": \"LOHA\", \"init_weights\": true" },
        { Of(new LoHaConfig { Init = LoHaInit.Random }), "\"init_weights\": false" },
        { Of(new LoKrConfig()), "\"peft_type\": \"LOKR\", \"init_weights\": true, \"decompose_both\": false, \"decompose_factor\": -1, \"rank_dropout_scale\": false" },
        { Of(new LoKrConfig { Init = LoKrInit.Lycoris, DecomposeBoth = true, DecomposeFactor = 8, RankDropoutScale = true }), "\"init_weights\": \"lycoris\", \"decompose_both\": true, \"decompose_factor\": 8, \"rank_dropout_scale\": true" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void Save_OfDeclaredAdapter_HasTheReferencesFieldsAndLoads(AdapterConfig config, string own)
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Perturb(Invariants.Attach(model, config, "default"));
        model.SaveAdapter(folder.Path);

        using AdapterFiles files = AdapterDirectory.Read(folder.Path);
        foreach ((string field, JsonNode? value) in JsonNode.Parse($"{{{Shared}, {own}}}")!.AsObject())
        {
            Assert.True(files.Config.ContainsKey(field), field);
            Assert.True(JsonNode.DeepEquals(value, files.Config[field]), $"{field}: {files.Config[field]?.ToJsonString() ?? "null"}");
        }

        using LlamaForCausalLM fresh = TinyModels.Llama();
        fresh.LoadAdapter(folder.Path);
        model.eval();
        fresh.eval();
        Close.Bits(TinyFamilies.Outputs(model), TinyFamilies.Outputs(fresh), "logits");
    }

    // Users of LyCORIS ask for full factors by a rank above every size.
    [Fact]
    public void Load_OfLoKrWithARankAboveAllSizes_Works()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Perturb(Invariants.Attach(model, new LoKrConfig { Rank = 100_000, Alpha = 100_000 }, "default"));
        model.SaveAdapter(folder.Path);

        using LlamaForCausalLM fresh = TinyModels.Llama();
        fresh.LoadAdapter(folder.Path);

        Close.Bits(TinyFamilies.Outputs(model), TinyFamilies.Outputs(fresh), "logits");
    }

    [Fact]
    public void Load_OfLoHaWithARankAboveAllSizes_IsRefusedBeforeItIsMade()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Attach(model, new LoHaConfig { Rank = 2 }, "default");
        model.SaveAdapter(folder.Path);
        string file = folder["adapter_config.json"];
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"r\": 2", "\"r\": 2000000000", StringComparison.Ordinal));

        Assert.Equal("PEFT702", Assert.Throws<PeftException>(() => model.LoadAdapter(folder.Path, "other")).Id);
    }

    // The rank of full factors is in no shape, but it divides alpha.
    [Fact]
    public void Refill_WithAnotherRankOfFullFactors_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Attach(model, new LoKrConfig { Rank = 64, Alpha = 64 }, "default");
        model.SaveAdapter(folder.Path);
        using LlamaForCausalLM other = TinyModels.Llama();
        Invariants.Attach(other, new LoKrConfig { Rank = 128, Alpha = 64 }, "default");

        PeftException error = Assert.Throws<PeftException>(() => other.LoadAdapter(folder.Path));

        Assert.Contains("its rank is 64, not 128", error.Message, StringComparison.Ordinal);
    }

    private static LycorisConfig Of(LycorisConfig config) => config with
    {
        Rank = 3,
        Alpha = 6,
        RankDropout = 0.1,
        ModuleDropout = 0.2,
        RankPattern = [KeyValuePair.Create("v_proj", 1)],
        AlphaPattern = [KeyValuePair.Create("v_proj", 3.0)],
    };
}
