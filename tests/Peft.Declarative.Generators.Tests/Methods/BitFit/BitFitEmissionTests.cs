using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.BitFit;

public class BitFitEmissionTests
{
    [Fact]
    public void OnGpt2_WithConfig_CountsEveryBias()
    {
        Generated generated = Generated.From(
            """[BitFit] [BaseConfig("gpt2/config.json")] public sealed partial class Persona : Gpt2ForCausalLM;""", Configs.Gpt2);

        string text = generated["Adapters"];
        Assert.Contains("AdapterWiring.Attach(this, BitFit);   // trained copies replace", text);
        Assert.Contains("102,144 parameters", text);   // 12 x (768 x 9 + 1,536 + 2 x 768 - 1,536) + 768, as the checkpoint has
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Gpt2));
    }

    [Fact]
    public void OnLlama_WithoutBiases_IsReported()
    {
        Diagnostic problem = Assert.Single(Generated
            .From("""[BitFit] [BaseConfig("llama-3.2-1b/config.json")] public sealed partial class Persona : LlamaForCausalLM;""", Configs.Llama1B)
            .Analyze(Configs.Llama1B));

        Assert.Equal("PEFT103", problem.Id);
        Assert.Contains("[BitFit] on 'Persona' trains biases, but none of", problem.GetMessage());
    }

    [Fact]
    public void BesideAnotherThatTrainsBiases_IsReported()
    {
        Diagnostic problem = Assert.Single(
            Generated.From("""[BitFit] [Lora(rank: 8, Bias = BiasTraining.All)] public sealed partial class Persona : Gpt2ForCausalLM;""").Analyze());

        Assert.Equal("PEFT303", problem.Id);
    }
}
