using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Emit;

/// <summary>A base in 4 bits: one statement, before the weights come, and the memory that it saves.</summary>
public class QuantizeTests
{
    [Fact]
    public void Quantize_WithLora_IsQLora()
    {
        Generated generated = Generated.From(
            """
            [Quantize(QuantizationType.Nf4)]
            [Lora(rank: 8, Alpha = 16)]
            [BaseConfig("llama-3.2-1b/config.json")]
            public sealed partial class Persona : LlamaForCausalLM;
            """,
            Configs.Llama1B);

        Snapshots.Match(generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Llama1B));
    }

    [Fact]
    public void Quantize_WithSettings_PassesThemOn()
    {
        Generated generated = Generated.From(
            """
            [Quantize(QuantizationType.Fp4, BlockSize = 128, DoubleQuantization = false, Exclude = ["k_proj", "layers.0.mlp.down_proj"])]
            [Lora(rank: 8)]
            public sealed partial class Persona : LlamaForCausalLM;
            """);

        Assert.Contains(
            """model.Quantize(new(QuantizationType.Fp4) { BlockSize = 128, DoubleQuantization = false, Exclude = ["k_proj", "layers.0.mlp.down_proj"] });""",
            generated["Adapters"]);
        Assert.Contains("every linear layer but heads in 4 bits; the rest as in the files", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void Quantize_OnAClassifier_LeavesItsHead()
    {
        Generated generated = Generated.From(
            """
            [Quantize] [Lora(rank: 8)] [BaseConfig("bert/config.json")]
            public sealed partial class Judge : BertForSequenceClassification;
            """,
            Configs.Bert);

        // Six in each of twelve blocks, and the pooler's.
        Assert.Contains("73 linear layers in 4 bits", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void Quantize_ToRowsOfEightBits_CountsAByteAWeightAndPassesTheThresholdOn()
    {
        Generated generated = Generated.From(
            """
            [Quantize(QuantizationType.Int8, OutlierThreshold = 4.5)]
            [Lora(rank: 8, Alpha = 16)]
            [BaseConfig("llama-3.2-1b/config.json")]
            public sealed partial class Persona : LlamaForCausalLM;
            """,
            Configs.Llama1B);

        Assert.Contains("model.Quantize(new(QuantizationType.Int8) { OutlierThreshold = 4.5 });", generated["Adapters"]);
        Assert.Contains("112 linear layers in 8 bits, base 1.89 GiB instead of 4.60 GiB", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Llama1B));
    }

    [Theory]
    [InlineData("Lora")]
    [InlineData("Dora")]
    public void LoftQ_OverFourBits_IsInConfigAndConstructor(string method)
    {
        Generated generated = Generated.From(
            $$"""
            [Quantize]
            [{{method}}(rank: 8, Alpha = 8, Init = LoraInit.LoftQ, LoftQIterations = 5)]
            public sealed partial class Persona : LlamaForCausalLM;
            """);

        Assert.Contains("Init = LoraInit.LoftQ, LoftQIterations = 5", generated["Adapters"]);
        Assert.Contains("init: LoraInit.LoftQ, loftQIterations: 5);", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }
}
