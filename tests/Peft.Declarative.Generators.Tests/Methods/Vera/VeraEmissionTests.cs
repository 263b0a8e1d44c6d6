using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.Vera;

public class VeraEmissionTests
{
    [Fact]
    public void OnFamily_WithBaseConfig_CountsTheProjectionsOnce() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [Vera(rank: 256, Targets = ["q_proj", "down_proj"])]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Theory]
    [InlineData("rank: 16, Start = 0.5, Dropout = 0.1", ": VeraLinear(frozen, \"default\", veraProjections, start: 0.5, dropout: 0.1);")]
    [InlineData("rank: 16, Seed = 7", "frozen, from seed 7, as wide as the widest layer")]
    [InlineData("rank: 16, SaveProjections = false", "created from the seed, not in the file")]
    [InlineData("Bias = BiasTraining.AdaptedLayers", "Rank = 256,")]
    public void Argument_OnFamily_IsInTheCode(string arguments, string line)
    {
        Generated generated = Generated.From($"[Vera({arguments})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void TwoAdapters_OnOneModel_HaveProjectionsOfTheirOwn()
    {
        Generated generated = Generated.From("""[Vera(8, Name = "elon")] [Vera(8, Name = "ada", Seed = 1)] public sealed partial class Persona : LlamaForCausalLM;""");

        Assert.Contains("VeraProjections elonProjections = VeraProjections.For(this, Elon);", generated["Adapters"]);
        Assert.Contains("layer.self_attn.q_proj = new QProjAda(layer.self_attn.q_proj, adaProjections);", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Theory]
    [InlineData("[Vera(0)]", "PEFT202", "Rank 0 of [Vera] on 'Persona'")]
    [InlineData("[Vera(Start = 0)]", "PEFT202", "Start of [Vera] on 'Persona' is 0")]
    [InlineData("[Vera(Dropout = 1)]", "PEFT202", "Dropout 1 of [Vera]")]
    [InlineData("[Vera(8, Targets = [\"embed_tokens\"])]", "PEFT108", "[Vera] cannot adapt 'embed_tokens' of 'Persona', which is an embedding.")]
    public void Mistake_OnFamily_IsReported(string attribute, string id, string text)
    {
        Diagnostic problem = Assert.Single(Generated.From(attribute + " public sealed partial class Persona : LlamaForCausalLM;").Analyze());

        Assert.Equal(id, problem.Id);
        Assert.Contains(text, problem.GetMessage());
    }
}
