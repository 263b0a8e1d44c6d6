using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.Dora;

public class DoraEmissionTests
{
    [Fact]
    public void OnFamily_WithBaseConfig_CountsTheLengths() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [Dora(rank: 4, Alpha = 8, Targets = ["q_proj", "v_proj"])]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Theory]
    [InlineData("Targets = [\"embed_tokens\"]", ": DoraEmbedding(frozen, \"default\", rank: 4, scaling: 1.0);")]
    [InlineData("Dropout = 0.1, Init = LoraInit.Gaussian", "rank: 4, scaling: 1.0, dropout: 0.1, init: LoraInit.Gaussian);")]
    [InlineData("RankPattern = [\"v_proj=2\"]", ": DoraLinear(frozen, \"default\", rank: 2, scaling: 2.0);")]
    [InlineData("Bias = BiasTraining.All", "TrainedBiases.Attach(this, Dora, BiasTraining.All);")]
    public void Argument_OnFamily_IsInTheCode(string argument, string line)
    {
        Generated generated = Generated.From($"[Dora(rank: 4, {argument})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void OnMembers_BesideLora_AreTwoAdapters()
    {
        Generated generated = Generated.From(
            """
            public partial class Tiny : Module<Tensor, Tensor>
            {
                [Dora(rank: 2)] private Module<Tensor, Tensor> q = Linear(64, 64);
                [Dora(rank: 4)] private Module<Tensor, Tensor> k = Linear(64, 64);
                [Lora(rank: 4)] private Module<Tensor, Tensor> v = Linear(64, 64);
                public Tiny() : base("Tiny") => RegisterComponents();
                public override Tensor forward(Tensor x) => v.call(k.call(q.call(x)));
            }
            """);

        Assert.Contains("DoRA of rank 2, scaling 2 / 2 = 1, on k and q: 896 parameters.", generated["Adapters"]);
        Assert.Contains("LoRA of rank 4, scaling 4 / 4 = 1, on v: 512 parameters.", generated["Adapters"]);
        Assert.Contains("""RankPattern = [new("k", 4)],""", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }
}
