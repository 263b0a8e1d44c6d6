using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.Lora;

public class LoraEmissionTests
{
    [Fact]
    public void OnFamily_WithBaseConfig_TellsShapesAndCounts() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [Lora(rank: 8, Alpha = 16, Targets = ["q_proj", "v_proj"])]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Fact]
    public void OnMembers_OfDifferentRank_AreOneAdapter() => Snapshots.Match(Generated.From(
        """
        namespace Acme;

        public partial class Tiny : Module<Tensor, Tensor>
        {
            [Lora(rank: 8)] private Module<Tensor, Tensor> q_proj = Linear(768, 768);
            [Lora(rank: 4)] private Module<Tensor, Tensor> k_proj = Linear(768, 128);

            public Tiny() : base("Tiny") => RegisterComponents();

            public override Tensor forward(Tensor x) => k_proj.call(q_proj.call(x));
        }
        """)["Adapters"]);

    [Theory]
    [InlineData("TargetPattern = @\".*mlp.*\"", "layer.mlp.down_proj = new DownProjLora(layer.mlp.down_proj);")]
    [InlineData("Targets = [\"lm_head\"]", "lm_head = new LmHeadLora(lm_head);")]
    [InlineData("Targets = [\"embed_tokens\"]", ": LoraEmbedding(frozen, \"default\", rank: 8, scaling: 1.0);")]
    [InlineData("Dropout = 0.1, UseRsLora = true", ": LoraLinear(frozen, \"default\", rank: 8, scaling: 0.35355339059327373, dropout: 0.1);")]
    [InlineData("Init = LoraInit.Gaussian", "scaling: 1.0, init: LoraInit.Gaussian);")]
    [InlineData("ModulesToSave = [\"norm\"]", "model.norm = new ModuleToSave(model.norm, \"default\");")]
    [InlineData("Bias = BiasTraining.AdaptedLayers", "TrainedBiases.Attach(this, Lora, BiasTraining.AdaptedLayers);")]
    [InlineData("TrainableTokens = [3, 4]", "LoraTokens.Attach(this, \"default\", [3, 4]);")]
    [InlineData("RankPattern = [\"k_proj=2\"], Targets = [\"q_proj\", \"k_proj\"]", "(frozen, \"default\", rank: 2, scaling: 4.0);")]
    [InlineData("Name = \"elon\"", "private sealed class QProjElon(Slot frozen)")]
    [InlineData("Layers = [0, 1]", "AdapterWiring.Attach(this, Lora);")]
    public void Argument_OnFamily_IsInTheCode(string argument, string line)
    {
        Generated generated = Generated.From($"[Lora(rank: 8, {argument}{(argument.Contains("Alpha") ? "" : UsualAlpha(argument))})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());

        static string UsualAlpha(string argument) => argument.Contains("UseRsLora") ? ", Alpha = 1" : "";
    }

    [Theory]
    [InlineData("[0, 1, 2]", "for (int i = 0; i <= 2; i++)")]
    [InlineData("[0, 15]", "foreach (int i in new[] { 0, 15 })")]
    public void Layers_WithBaseConfig_AreLoopedOver(string layers, string loop)
    {
        Generated generated = Generated.From(
            $"""[Lora(rank: 8, Layers = {layers})] [BaseConfig("llama-3.2-1b/config.json")] public sealed partial class Persona : LlamaForCausalLM;""", Configs.Llama1B);

        Assert.Contains(loop, generated["Adapters"]);
        Assert.Contains("var layer = model.layers[i];", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void TwoAdapters_OnOneTarget_StandAroundEachOtherInOrder()
    {
        Generated generated = Generated.From(
            """[Lora(rank: 8, Name = "elon")] [Lora(rank: 4, Name = "ada")] public sealed partial class Persona : LlamaForCausalLM;""");

        string text = generated["Adapters"];
        int elon = text.IndexOf("new QProjElon(layer.self_attn.q_proj)", StringComparison.Ordinal);
        int ada = text.IndexOf("new QProjAda(layer.self_attn.q_proj)", StringComparison.Ordinal);
        Assert.True(elon > 0 && ada > elon);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void LayersOfOneName_InTwoModules_GetTwoClasses()
    {
        Generated generated = Generated.From("""[Lora(rank: 8, Targets = ["c_proj"])] public sealed partial class Persona : Gpt2ForCausalLM;""");

        Assert.Contains("layer.attn.c_proj = new AttnCProjLora".Replace("layer", "block"), generated["Adapters"]);
        Assert.Contains("block.mlp.c_proj = new MlpCProjLora", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void NullableField_IsWiredWithoutWarning()
    {
        Generated generated = Generated.From(
            """
            public partial class Tiny : Module<Tensor, Tensor>
            {
                [Lora(rank: 2)] private Module<Tensor, Tensor>? head;
                public Tiny() : base("Tiny") { head = Linear(8, 8); RegisterComponents(); }
                public override Tensor forward(Tensor x) => x;
            }
            """);

        Assert.Contains("new HeadLora(head!)", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void BlocksOfOwnModel_AreDescendedInto()
    {
        Generated generated = Generated.From(
            """
            [Lora(rank: 2, Targets = ["all-linear"])]
            public partial class Stack : Module<Tensor, Tensor>
            {
                private readonly ModuleList<Block> blocks = new();
                private Module<Tensor, Tensor> lm_head = Linear(8, 32), act = GELU();
                public Stack() : base("Stack") => RegisterComponents();
                public override Tensor forward(Tensor x) => x;

                public sealed class Block : Module<Tensor, Tensor>
                {
                    internal Module<Tensor, Tensor> @default = Linear(8, 16);
                    public Block() : base("Block") => RegisterComponents();
                    public override Tensor forward(Tensor x) => @default.call(x);
                }
            }
            """);

        Assert.Contains("block.@default = SlotRegistry.Replace(block, nameof(block.@default), new DefaultLora(block.@default));", generated["Adapters"]);
        Assert.DoesNotContain("LmHead", generated["Adapters"]);
        Assert.DoesNotContain("ActLora", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }
}
