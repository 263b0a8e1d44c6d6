using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.SparseMask;

public class SparseMaskEmissionTests
{
    [Fact]
    public void ByFisher_ChoosesBeforeTheRun()
    {
        Generated generated = Generated.From("""[SparseMask(0.005, Targets = ["q_proj"])] public sealed partial class Persona : LlamaForCausalLM;""");

        Assert.Contains("FisherMask.Choose(this, SparseMask, data, Plan.MaxLength);   // 0.5 % of the weights", generated["Training"]);
        Assert.Contains("layer.self_attn.q_proj = new QProjSparseMask(layer.self_attn.q_proj);", generated["Adapters"]);
        Assert.Contains(": SparseLinear(frozen, \"default\");", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void ByMagnitude_NeedsNoData()
    {
        Generated generated = Generated.From(
            """[SparseMask(0.01, Choice = MaskChoice.Magnitude)] [BaseConfig("gpt2/config.json")] public sealed partial class Persona : Gpt2ForCausalLM;""", Configs.Gpt2);

        Assert.DoesNotContain("FisherMask.Choose", generated["Training"]);
        Assert.Contains(": SparseLinear(frozen, \"default\", density: 0.01);", generated["Adapters"]);
        Assert.Contains("849,312 parameters", generated["Adapters"]);   // 12 x (17,694 + 5,898 + 23,592 + 23,592) weights, each layer rounded down
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Gpt2));
    }

    [Fact]
    public void Density_OutOfRange_IsReported()
    {
        Diagnostic problem = Assert.Single(Generated.From("""[SparseMask(1.5)] public sealed partial class Persona : LlamaForCausalLM;""").Analyze());

        Assert.Equal("PEFT202", problem.Id);
    }
}
