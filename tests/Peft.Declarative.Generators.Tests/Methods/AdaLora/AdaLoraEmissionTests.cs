using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.AdaLora;

public class AdaLoraEmissionTests
{
    private const string Persona =
        """
        namespace Acme.Personas;

        [AdaLora(initialRank: 12, targetRank: 8, Alpha = 24, Targets = ["q_proj", "v_proj"])]
        [Training(Accumulate = 2)]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """;

    [Fact]
    public void Budget_InTheLoop_IsALineEach() => Snapshots.Match(Generated.From(Persona, Configs.Llama1B)["Training"]);

    [Fact]
    public void OnFamily_WithBaseConfig_CountsTheInitialRanks()
    {
        Generated generated = Generated.From(Persona, Configs.Llama1B);

        string text = generated["Adapters"];
        Assert.Contains("AdaLoRA of rank 12, of which 8 are left on average, on q_proj and v_proj of all 16 blocks: 1,278,336 parameters (0.103 %).", text);
        Assert.Contains("//   training leaves 8 of 12 ranks on average, more of them where they matter more", text);
        Assert.Contains("/// <summary>y = W x + 2 · B (E ∘ (A x)), W frozen [512, 2048], A [12, 2048], B [512, 12], E [12]</summary>", text);
        Assert.Contains(": AdaLoraLinear(frozen, \"default\", initialRank: 12, alpha: 24.0);", text);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Llama1B));
    }

    [Theory]
    [InlineData("", "InitialRank = 12,")]
    [InlineData("WarmupSteps = 0, FinalSteps = 20", "WarmupSteps = 0,")]
    [InlineData("WarmupSteps = 0, FinalSteps = 20", "FinalSteps = 20,")]
    [InlineData("AllocateEvery = 10, SensitivityDecay = 0.9, UncertaintyDecay = 0.8", "UncertaintyDecay = 0.8,")]
    [InlineData("4, 2, Dropout = 0.1", ", initialRank: 4, alpha: 4.0, dropout: 0.1);")]
    [InlineData("Bias = BiasTraining.All", "TrainedBiases.Attach(this, AdaLora, BiasTraining.All);")]
    public void Argument_OnFamily_IsInTheCode(string arguments, string line)
    {
        Generated generated = Generated.From($"[AdaLora({arguments})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void OrthogonalWeightOfZero_LeavesItsLineOut() =>
        Assert.DoesNotContain("Penalize", Generated.From("[AdaLora(OrthogonalWeight = 0)] public sealed partial class Persona : LlamaForCausalLM;")["Training"]);

    [Theory]
    [InlineData("[AdaLora(8, 8)]", "PEFT202", "Target rank 8 of [AdaLora] on 'Persona' is not below the initial rank 8, so no rank would be pruned. Use 5, or start higher.")]
    [InlineData("[AdaLora(12, 0)]", "PEFT202", "Rank 0 of [AdaLora]")]
    [InlineData("[AdaLora(AllocateEvery = 0)]", "PEFT202", "AllocateEvery = 0 of [AdaLora] on 'Persona' cannot be. Use 1 or more.")]
    [InlineData("[BaseConfig(\"llama-3.2-1b/config.json\")] [AdaLora(512, Targets = [\"k_proj\"])]", "PEFT201", "Rank 512 is not low for 'k_proj' (2048→512).")]
    [InlineData("[AdaLora(SensitivityDecay = 1)]", "PEFT202", "SensitivityDecay = 1")]
    [InlineData("[AdaLora(Targets = [\"embed_tokens\"])]", "PEFT108", "[AdaLora] cannot adapt 'embed_tokens' of 'Persona', which is an embedding.")]
    public void Mistake_OnFamily_IsReported(string attribute, string id, string text)
    {
        Diagnostic problem = Assert.Single(Generated.From(attribute + " public sealed partial class Persona : LlamaForCausalLM;", Configs.Llama1B).Analyze(Configs.Llama1B));

        Assert.Equal(id, problem.Id);
        Assert.Contains(text, problem.GetMessage());
    }
}
