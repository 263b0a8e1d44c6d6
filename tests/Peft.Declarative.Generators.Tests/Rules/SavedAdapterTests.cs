using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Rules;

/// <summary>Saved adapters among the additional files against the classes that declare them.</summary>
public class SavedAdapterTests
{
    private const string Sized = "[Lora(rank: 8)] [BaseConfig(\"models/llama-3.2-1b/config.json\")]";

    [Theory]
    [InlineData("[Lora(rank: 8)]", "LORA", 8, """["q_proj", "v_proj"]""", "")]
    [InlineData("[Lora(rank: 8)]", "LORA", 8, """["self_attn.v_proj", "q_proj"]""", "")]
    [InlineData("[Lora(rank: 8)]", "LORA", 16, """["q_proj", "v_proj"]""", "r is 16, not 8.")]
    [InlineData("[Lora(rank: 8, Alpha = 16)]", "LORA", 8, """["q_proj", "v_proj"]""", "lora_alpha is 8, not 16.")]
    [InlineData("[Dora(rank: 8)]", "LORA", 8, """["q_proj", "v_proj"]""", "use_dora is false, not true.")]
    [InlineData("[Ia3]", "LORA", 8, """["q_proj", "v_proj"]""", "its method is LORA, not IA3.")]
    [InlineData("[Lora(rank: 8)]", "LORA", 8, """["query", "v_proj"]""", "it adapts 'query', which 'Persona' does not have; it does not adapt 'q_proj'.")]
    [InlineData("[Lora(rank: 8)]", "LORA", 8, """["q_proj", "v_proj", "k_proj"]""", "it adapts 'k_proj', which the class does not adapt.")]
    [InlineData("[Lora(rank: 8)]", "LORA", 8, "\".*proj\"", "")]
    [InlineData("[PromptTuning(8)]", "PROMPT_TUNING", 8, "null, \"num_virtual_tokens\": 20", "num_virtual_tokens is 20, not 8.")]
    public void Config_AgainstTheClass_NamesEachDifference(string attributes, string type, int rank, string targets, string expected) =>
        Assert.Equal(expected, Differences(attributes, SavedAdapters.Config(type, rank, targets), header: null));

    [Theory]
    [InlineData(8, 16, 2048, "")]
    [InlineData(4, 16, 2048, "lora_A.weight of 'q_proj' is [4, 2048], not [8, 2048]; lora_B.weight of 'q_proj' is [2048, 4], not [2048, 8]; lora_A.weight of 'v_proj' is [4, 2048], not [8, 2048]; lora_B.weight of 'v_proj' is [512, 4], not [512, 8].")]
    [InlineData(8, 12, 2048, "it adapts 'q_proj' in 12 of 16 places; it adapts 'v_proj' in 12 of 16 places.")]
    [InlineData(8, 16, 1024, "lora_A.weight of 'q_proj' is [8, 1024], not [8, 2048]; lora_B.weight of 'q_proj' is [1024, 8], not [2048, 8]; lora_A.weight of 'v_proj' is [8, 1024], not [8, 2048].")]
    public void Header_AgainstTheClass_NamesTensorsOfOtherShapes(int rank, int blocks, int width, string expected) =>
        Assert.Equal(expected, Differences(Sized, SavedAdapters.Config(), SavedAdapters.Header(rank, blocks, width, "q_proj", "v_proj")));

    [Theory]
    [InlineData("LoHa(rank: 8)", "LOHA", "hada_w1_a [2048, 8]; hada_w1_b [8, 2048]; hada_w2_a [2048, 8]; hada_w2_b [8, 2048]", "")]
    [InlineData("LoHa(rank: 8)", "LOHA", "hada_w1_a [2048, 8]; hada_w1_b [8, 2048]; hada_w2_a [2048, 4]; hada_w2_b [8, 2048]", "hada_w2_a of 'q_proj' is [2048, 4], not [2048, 8].")]
    [InlineData("LoKr(rank: 8)", "LOKR", "lokr_w1 [32, 32]; lokr_w2_a [64, 8]; lokr_w2_b [8, 64]", "")]
    [InlineData("LoKr(rank: 8, DecomposeFactor = 16)", "LOKR", "lokr_w1 [32, 32]; lokr_w2_a [128, 8]; lokr_w2_b [8, 128]", "lokr_w1 of 'q_proj' is [32, 32], not [16, 16].")]
    [InlineData("Poly(rank: 8, tasks: 3)", "POLY", "poly_lora_A [1, 4, 2048, 8]; poly_lora_B [1, 4, 8, 2048]; poly_router.module_logits [3, 4]", "")]
    [InlineData("Poly(rank: 8, tasks: 3)", "POLY", "poly_lora_A [1, 4, 2048, 8]; poly_lora_B [1, 4, 8, 2048]; poly_router.module_logits [5, 4]", "poly_router.module_logits of 'q_proj' is [5, 4], not [3, 4].")]
    public void Header_OfAnotherMethod_NamesTensorsOfOtherShapes(string attribute, string type, string tensors, string expected) => Assert.Equal(expected, Differences(
        $"[{attribute[..^1]}, Targets = [\"q_proj\"])] [BaseConfig(\"models/llama-3.2-1b/config.json\")]",
        SavedAdapters.Config(type, targets: """["q_proj"]""", more: ", \"alpha\": 8"),
        SavedAdapters.HeaderOf(16, "q_proj", tensors.Split("; "))));

    [Fact]
    public void Header_WithOtherLayers_NamesThem() => Assert.Equal(
        "it adapts 'model.layers.*.self_attn.k_proj', which the class does not adapt; it does not adapt 'v_proj'.",
        Differences(Sized, SavedAdapters.Config(), SavedAdapters.Header(8, 16, 2048, "q_proj", "k_proj")));

    [Fact]
    public void Adapter_OfOneOfSeveral_IsNamedByItsProperty()
    {
        const string Two = "[Lora(rank: 8)] [Lora(rank: 16, Alpha = 8, Name = \"captain\")]";

        Assert.Equal("", Differences(Two, SavedAdapters.Config(rank: 16), header: null, of: "Persona.Captain"));
        Assert.Equal("r is 16, not 8.", Differences(Two, SavedAdapters.Config(rank: 16), header: null, of: "Persona"));
    }

    [Theory]
    [InlineData("Persna", "The adapter in 'first' is for 'Persna', but the project has no class of that name. Name its class in PeftAdapter.")]
    [InlineData("Persona.Captian", "The adapter in 'first' is for 'Persona.Captian', but the adapters of 'Persona' are Lora. Name one of them in PeftAdapter.")]
    public void Adapter_OfNone_IsReported(string of, string expected)
    {
        Dictionary<string, (string, string)> metadata = new() { ["/project/adapters/first/adapter_config.json"] = ("PeftAdapter", of) };

        Diagnostic found = Assert.Single(Generated.From("[Lora(rank: 8)] public sealed partial class Persona : LlamaForCausalLM;")
            .Analyze(new FileMetadata(metadata), ("/project/adapters/first/adapter_config.json", SavedAdapters.Config())));

        Assert.Equal(expected, found.GetMessage());
    }

    private static string Differences(string attributes, string config, string? header, string of = "Persona")
    {
        const string Path = "/project/adapters/first/adapter_config.json";
        List<(string Path, string Text)> files = [Configs.Llama1B, (Path, config)];
        Dictionary<string, (string, string)> metadata = new() { [Path] = ("PeftAdapter", of) };
        if (header is not null)
        {
            files.Add(("/project/obj/peft/0.header", header));
            metadata["/project/obj/peft/0.header"] = ("PeftHeaderOf", Path);
        }

        Diagnostic? found = Generated.From($"{attributes} public sealed partial class Persona : LlamaForCausalLM;").Analyze(new FileMetadata(metadata), [.. files]).SingleOrDefault();
        if (found is null) return "";

        Assert.Equal("PEFT702", found.Id);
        string text = found.GetMessage();
        Assert.StartsWith("The adapter in 'first', trained on 'meta-llama/Llama-3.2-1B', does not fit [", text);
        return text[(text.IndexOf("': ", StringComparison.Ordinal) + 3)..text.IndexOf(" Declare it as it was trained", StringComparison.Ordinal)];
    }
}
