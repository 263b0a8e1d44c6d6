using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.PrefixTuning;

public class PrefixTuningEmissionTests
{
    [Fact]
    public void Prefix_OnGroupedHeads_CountsTheirWidth()
    {
        Generated generated = Generated.From(
            """
            [PrefixTuning(tokens: 30)]
            [BaseConfig("llama-3.2-1b/config.json")]
            public sealed partial class Persona : LlamaForCausalLM;
            """,
            Configs.Llama1B);

        // 2 · 16 blocks · 8 heads · 64.
        Assert.Contains("prefix [30, 16384]: keys and values before the text's in every attention layer", generated["Adapters"]);
        Assert.Contains("trainable 491,520 of", generated["Adapters"]);
        Assert.Contains("""prefixes.Add(new KeyValuePrefix(this, "default", tokens: 30, PrefixInit.Random));""", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void Projection_OnAClassifier_CountsNetworkAndFileApart()
    {
        Generated generated = Generated.From(
            """
            [PrefixTuning(tokens: 10, Projection = true, ProjectionHidden = 512)]
            [BaseConfig("bert/config.json")]
            public sealed partial class Judge : BertForSequenceClassification;
            """,
            Configs.Bert);

        // 10 · 768 + 769 · 512 + 513 · 2 · 12 · 768, and the head of 3 classes; the file has 10 · 2 · 12 · 768 and the head.
        Assert.Contains("trainable 9,859,331 of", generated["Adapters"]);
        Assert.Contains("adapter file 730 KiB", generated["Adapters"]);
        Assert.Contains("""prefixes.Add(KeyValuePrefix.Projected(this, "default", tokens: 10, hidden: 512));""", generated["Adapters"]);
        Assert.Contains("made by a network 512 wide", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void Width_WithoutProjection_IsReported()
    {
        Generated generated = Generated.From("[PrefixTuning(tokens: 4, ProjectionHidden = 512)] public sealed partial class Persona : Gpt2ForCausalLM;");

        Assert.Contains("Projection = true", Assert.Single(generated.Analyze(), found => found.Id == "PEFT202").GetMessage());
    }
}
