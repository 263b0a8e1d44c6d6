using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.LoHa;

public class LoHaEmissionTests
{
    [Fact]
    public void OnFamily_WithBaseConfig_CountsBothProducts() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [LoHa(rank: 8, Alpha = 16, Targets = ["q_proj", "v_proj"])]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Theory]
    [InlineData("", ": LoHaLinear(frozen, \"default\", rank: 8, scaling: 1.0);")]
    [InlineData("4, Alpha = 8, RankDropout = 0.1, ModuleDropout = 0.2", ", rank: 4, scaling: 2.0, rankDropout: 0.1, moduleDropout: 0.2);")]
    [InlineData("4, RankDropout = 0.1", "RankDropout = 0.1,")]
    [InlineData("4, Init = LoHaInit.Random", "scaling: 1.0, init: LoHaInit.Random);")]
    [InlineData("4, Init = LoHaInit.Random", "Init = LoHaInit.Random,")]
    [InlineData("4, RankPattern = [\"v_proj=2\"], AlphaPattern = [\"v_proj=6\"]", ": LoHaLinear(frozen, \"default\", rank: 2, scaling: 3.0);")]
    [InlineData("4, RankPattern = [\"v_proj=2\"]", "RankPattern = [new(\"v_proj\", 2)]")]
    public void Argument_OnFamily_IsInTheCode(string arguments, string line)
    {
        Generated generated = Generated.From($"[LoHa({arguments})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void OnMembers_OfOneModel_IsOneAdapterWithAPattern()
    {
        Generated generated = Generated.From(
            """
            public partial class Tiny : Module<Tensor, Tensor>
            {
                [LoHa(rank: 2)] private Module<Tensor, Tensor> q = Linear(64, 64);
                [LoHa(rank: 4)] private Module<Tensor, Tensor> k = Linear(64, 64);

                public Tiny() : base(nameof(Tiny)) => RegisterComponents();

                public override Tensor forward(Tensor input) => k.call(q.call(input));
            }
            """);

        Assert.Contains("RankPattern = [new(\"k\", 4)]", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void BesideLora_OfOneModel_HasTheReferencesNameOfTheMethod()
    {
        Generated generated = Generated.From("[Lora(rank: 4)] [LoHa(rank: 2)] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains("LoHaLinear(frozen, \"loha\", rank: 2", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Theory]
    [InlineData("[LoHa(0)]", "PEFT202", "Rank 0 of [LoHa] on 'Persona'")]
    [InlineData("[LoHa(8, Alpha = -1)]", "PEFT202", "Alpha -1 of [LoHa]")]
    [InlineData("[LoHa(8, RankDropout = 1)]", "PEFT202", "RankDropout 1 of [LoHa] on 'Persona' is not a probability")]
    [InlineData("[LoHa(8, ModuleDropout = -0.1)]", "PEFT202", "ModuleDropout -0.1 of [LoHa]")]
    [InlineData("[LoHa(8, RankPattern = [\"v_porj=2\"])]", "PEFT107", "v_porj")]
    [InlineData("[LoHa(8, RankPattern = [\"v_proj\"])]", "PEFT203", "v_proj")]
    [InlineData("[LoHa(8, Targets = [\"embed_tokens\"])]", "PEFT108", "[LoHa] cannot adapt 'embed_tokens' of 'Persona', which is an embedding.")]
    [InlineData("[BaseConfig(\"llama-3.2-1b/config.json\")] [LoHa(256, Targets = [\"k_proj\"])]", "PEFT201", "Rank 256 is not low for 'k_proj' (2048→512). Above 204 the adapter holds more weights than the layer itself.")]
    public void Mistake_OnFamily_IsReported(string attribute, string id, string text)
    {
        Diagnostic problem = Assert.Single(Generated.From(attribute + " public sealed partial class Persona : LlamaForCausalLM;", Configs.Llama1B).Analyze(Configs.Llama1B));

        Assert.Equal(id, problem.Id);
        Assert.Contains(text, problem.GetMessage());
    }
}
