using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Emit;

/// <summary>Declarations on families that are no decoders: heads that are trained along, numbered parts, layers that a config leaves out.</summary>
public class FamilyTests
{
    [Fact]
    public void Lora_OnAClassifier_TrainsItsHead()
    {
        Generated generated = Generated.From(
            """
            [Lora(rank: 8)] [BaseConfig("bert/config.json")]
            public sealed partial class Judge : BertForSequenceClassification;
            """,
            Configs.Bert);

        string adapters = generated["Adapters"];
        Assert.Contains("block.attention.self.query = new QueryLora(block.attention.self.query);", adapters);
        Assert.Contains("""classifier = new ModuleToSave(classifier, "default");""", adapters);
        Assert.Contains("//   classifier   1 layer           768 → 3     trained in full", adapters);
        Assert.Contains("//   trainable 297,219 of 109,781,766", adapters);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Bert));
    }

    [Fact]
    public void Lora_OnAHeadOfSeveralLayers_TrainsThemAll()
    {
        Generated generated = Generated.From("[Lora(rank: 8)] public sealed partial class Judge : RobertaForSequenceClassification;");

        Assert.Contains("""classifier.dense = new ModuleToSave(classifier.dense, "default");""", generated["Adapters"]);
        Assert.Contains("""classifier.out_proj = new ModuleToSave(classifier.out_proj, "default");""", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void PromptTuning_OnAClassifier_TrainsItsHead()
    {
        Generated generated = Generated.From(
            """
            [PromptTuning(tokens: 20)] [BaseConfig("bert/config.json")]
            public sealed partial class Judge : BertForSequenceClassification;
            """,
            Configs.Bert);

        Assert.Contains("""TrainedHeads.Attach(this, "default");""", generated["Adapters"]);
        Assert.Contains("prompt [20, 768] before the text of every row", generated["Adapters"]);
        Assert.Contains("20 virtual tokens before the text: 17,667 parameters", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void Lora_OnNumberedParts_ReachesThemByTheirNamesInCode()
    {
        Generated generated = Generated.From("""[Lora(rank: 8, Targets = ["layer.0.SelfAttention.q"])] public sealed partial class Writer : T5ForConditionalGeneration;""");

        Assert.Contains("foreach (var block in encoder.block)", generated["Adapters"]);
        Assert.Contains("block.layer.Attention.SelfAttention.q = new ", generated["Adapters"]);
        Assert.DoesNotContain("EncDecAttention", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Theory]
    [InlineData("relu", "DenseReluDense.wi =", "wi_0")]
    [InlineData("gated-gelu", "DenseReluDense.wi_0 =", "DenseReluDense.wi =")]
    public void AllLinear_WithAConfig_TakesTheLayersThatItSays(string form, string expected, string absent)
    {
        Generated generated = Generated.From(
            """
            [Lora(rank: 8, Targets = ["all-linear"])] [BaseConfig("t5/config.json")]
            public sealed partial class Writer : T5ForConditionalGeneration;
            """,
            Configs.T5(form));

        Assert.Contains(expected, generated["Adapters"]);
        Assert.DoesNotContain(absent, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.T5(form)));
    }

    [Fact]
    public void AllLinear_WithoutAConfig_IsSelectedAtRunTime()
    {
        Generated generated = Generated.From("""[Lora(rank: 8, Targets = ["all-linear"])] public sealed partial class Writer : T5ForConditionalGeneration;""");

        Assert.Contains("AdapterWiring.Attach(this, Lora);", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }
}
