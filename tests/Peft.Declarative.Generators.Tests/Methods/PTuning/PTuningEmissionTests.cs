using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.PTuning;

public class PTuningEmissionTests
{
    [Fact]
    public void Perceptron_WithBaseConfig_CountsNetworkAndPromptApart()
    {
        Generated generated = Generated.From(
            """
            [PTuning(tokens: 20, Hidden = 128)]
            [BaseConfig("gpt2/config.json")]
            public sealed partial class Persona : Gpt2ForCausalLM;
            """,
            Configs.Gpt2);

        Assert.Contains("""prompts.Add(new EncodedPrompt(this, "default", tokens: 20, hidden: 128, PromptEncoder.Mlp));""", generated["Adapters"]);
        Assert.Contains("prompt [20, 768] before the text of every row", generated["Adapters"]);

        // 20 · 768 + 769 · 128 + 129 · 128 + 129 · 768 values are trained, 20 · 768 are in the file.
        Assert.Contains("trainable 229,376 of", generated["Adapters"]);
        Assert.Contains("adapter file 60 KiB", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void Lstm_OnAnEncoderDecoder_SaysWhatItIs()
    {
        Generated generated = Generated.From(
            "[PTuning(tokens: 4, Hidden = 12, Encoder = PromptEncoder.Lstm, Layers = 3, Dropout = 0.1)] public sealed partial class Persona : T5ForConditionalGeneration;");

        Assert.Contains("tokens: 4, hidden: 12, PromptEncoder.Lstm, layers: 3, dropout: 0.1));", generated["Adapters"]);
        Assert.Contains("prompt [8, hidden] before the text", generated["Adapters"]);
        Assert.Contains("made by an LSTM of 3 layers, 12 wide", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void Numbers_OutOfRange_AreAllReported()
    {
        Generated generated = Generated.From(
            "[PTuning(tokens: 0, Hidden = -1, Layers = 0, Dropout = 1)] public sealed partial class Persona : Gpt2ForCausalLM;");

        Assert.Equal(4, generated.Analyze().Count(found => found.Id == "PEFT202"));
    }
}
