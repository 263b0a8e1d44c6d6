using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.LoKr;

public class LoKrEmissionTests
{
    [Fact]
    public void OnFamily_WithBaseConfig_ShowsHowWeightsAreSplit() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [LoKr(rank: 8, Alpha = 16, Targets = ["q_proj", "v_proj", "down_proj"])]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Theory]
    [InlineData("", "y = W x + (W1 ⊗ W2) x, W frozen [out, in], W1 [l, m], W2 [out / l, in / m]")]
    [InlineData("4, DecomposeFactor = 16, DecomposeBoth = true", ", rank: 4, scaling: 1.0, decomposeFactor: 16, decomposeBoth: true);")]
    [InlineData("4, DecomposeFactor = 16, DecomposeBoth = true", "DecomposeFactor = 16,")]
    [InlineData("4, RankDropout = 0.1, RankDropoutScale = true", "rankDropout: 0.1, rankDropoutScale: true);")]
    [InlineData("4, ModuleDropout = 0.1", "moduleDropout: 0.1);")]
    [InlineData("4, Init = LoKrInit.Lycoris", "Init = LoKrInit.Lycoris,")]
    [InlineData("4, Init = LoKrInit.Lycoris", "scaling: 1.0, init: LoKrInit.Lycoris);")]
    public void Argument_OnFamily_IsInTheCode(string arguments, string line)
    {
        Generated generated = Generated.From($"[LoKr({arguments})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Theory]
    [InlineData("1000, Alpha = 1", "y = W x + 0.001 · (W1 ⊗ W2) x, W frozen [512, 2048], W1 [16, 32], W2 [32, 64]")]
    [InlineData("4, Alpha = 4, DecomposeBoth = true", "y = W x + ((B1 A1) ⊗ (B2 A2)) x, W frozen [512, 2048], A1 [4, 32], B1 [16, 4], A2 [4, 64], B2 [32, 4]")]
    public void Formula_WithKnownSizes_SaysWhatIsAProduct(string arguments, string formula)
    {
        Generated generated = Generated.From(
            $"[LoKr({arguments}, Targets = [\"v_proj\"])] [BaseConfig(\"llama-3.2-1b/config.json\")] public sealed partial class Persona : LlamaForCausalLM;", Configs.Llama1B);

        Assert.Contains(formula, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Llama1B));
    }

    [Theory]
    [InlineData("[LoKr(0)]", "PEFT202", "Rank 0 of [LoKr] on 'Persona'")]
    [InlineData("[LoKr(8, DecomposeFactor = 0)]", "PEFT202", "DecomposeFactor = 0 of [LoKr] on 'Persona' cannot be. Use -1 for the most square split, or 1 or more")]
    [InlineData("[LoKr(8, ModuleDropout = 1)]", "PEFT202", "ModuleDropout 1 of [LoKr]")]
    [InlineData("[LoKr(8, Targets = [\"embed_tokens\"])]", "PEFT108", "[LoKr] cannot adapt 'embed_tokens' of 'Persona', which is an embedding.")]
    public void Mistake_OnFamily_IsReported(string attribute, string id, string text)
    {
        Diagnostic problem = Assert.Single(Generated.From(attribute + " public sealed partial class Persona : LlamaForCausalLM;").Analyze());

        Assert.Equal(id, problem.Id);
        Assert.Contains(text, problem.GetMessage());
    }
}
