using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.LayerNormTuning;

public class LayerNormTuningEmissionTests
{
    [Fact]
    public void OnFamily_WithoutTargets_TakesAllNorms()
    {
        Generated generated = Generated.From(
            """[LayerNormTuning] [BaseConfig("gpt2/config.json")] public sealed partial class Persona : Gpt2ForCausalLM;""", Configs.Gpt2);

        string text = generated["Adapters"];
        Assert.Contains("block.ln_1 = new Ln1LayerNormTuning(block.ln_1);", text);
        Assert.Contains("transformer.ln_f = new LnFLayerNormTuning(transformer.ln_f);", text);
        Assert.Contains("/// <summary>a copy of the norm with its own weight [768] and bias [768]</summary>", text);
        Assert.Contains(": TunedNorm(frozen, \"default\");", text);
        Assert.Contains("Trained copies on ln_1, ln_2 and ln_f of all 12 blocks: 38,400 parameters (0.031 %).", text);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Gpt2));
    }

    [Fact]
    public void OnAMember_IsThatNorm()
    {
        Generated generated = Generated.From(
            """
            public partial class Tiny : Module<Tensor, Tensor>
            {
                [LayerNormTuning] private Module<Tensor, Tensor> norm = LayerNorm(64);
                public Tiny() : base("Tiny") => RegisterComponents();
                public override Tensor forward(Tensor x) => norm.call(x);
            }
            """);

        Assert.Contains("norm = SlotRegistry.Replace(this, nameof(norm), new NormLayerNormTuning(norm));", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void OnALinearLayer_IsReported()
    {
        Diagnostic problem = Assert.Single(
            Generated.From("""[LayerNormTuning(Targets = ["q_proj"])] public sealed partial class Persona : LlamaForCausalLM;""").Analyze());

        Assert.Equal("PEFT108", problem.Id);
        Assert.Contains("[LayerNormTuning] cannot adapt 'q_proj' of 'Persona', which is a linear layer.", problem.GetMessage());
    }
}
