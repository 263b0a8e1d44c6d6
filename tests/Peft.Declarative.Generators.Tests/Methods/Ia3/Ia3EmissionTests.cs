using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.Ia3;

public class Ia3EmissionTests
{
    [Fact]
    public void OnFamily_WithoutTargets_TakesItsOwnAndTheirSides() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [Ia3]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Theory]
    [InlineData("Targets = [\"down_proj\"]", ": Ia3Linear(frozen, \"default\", feedForward: true);")]
    [InlineData("Targets = [\"down_proj\"], FeedForward = []", ": Ia3Linear(frozen, \"default\");")]
    [InlineData("Targets = [\"q_proj\"], ScalesInput = true", ": Ia3Linear(frozen, \"default\", feedForward: true);")]
    [InlineData("Targets = [\"q_proj\"], FeedForwardPattern = @\".*q_proj\"", "FeedForwardPattern = \".*q_proj\",")]
    [InlineData("Targets = [\"k_proj\", \"up_proj\"], FeedForward = [\"up_proj\"]", "FeedForward = [\"up_proj\"],")]
    [InlineData("Targets = [\"lm_head\"]", "lm_head = new LmHeadIa3(lm_head);")]
    public void Side_OfTargets_IsInTheCode(string arguments, string line)
    {
        Generated generated = Generated.From($"[Ia3({arguments})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void SidesThatDiffer_OfOneLayer_GetTwoClasses()
    {
        Generated generated = Generated.From(
            """
            [Ia3(Targets = ["k_proj"], FeedForward = ["model.layers.3.self_attn.k_proj"])] [BaseConfig("llama-3.2-1b/config.json")]
            public sealed partial class Persona : LlamaForCausalLM;
            """,
            Configs.Llama1B);

        Assert.Contains("private sealed class KProjOnInputIa3(Slot frozen)", generated["Adapters"]);
        Assert.Contains("private sealed class KProjOnResultIa3(Slot frozen)", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void OnMembers_EachSaysItsSide()
    {
        Generated generated = Generated.From(Own("[Ia3]", "[Ia3(ScalesInput = true)]"));

        Assert.Contains("""FeedForward = ["down"],""", generated["Adapters"]);
        Assert.Contains("/// <summary>y = l ∘ (W x + b), W frozen [32, 64], l [32]</summary>", generated["Adapters"]);
        Assert.Contains("/// <summary>y = W (l ∘ x) + b, W frozen [64, 128], l [128]</summary>", generated["Adapters"]);
        Assert.Contains("(IA)³ factors on down and key: 160 parameters.", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Theory]
    [InlineData("[Ia3(Targets = [\"embed_tokens\"])]", "PEFT108", "[Ia3] cannot adapt 'embed_tokens' of 'Persona', which is an embedding.")]
    [InlineData("[Ia3(Targets = [\"k_proj\"], FeedForward = [\"kproj\"])]", "PEFT107", "The key 'kproj' in FeedForward of [Ia3] on 'Persona' fits no adapted layer")]
    [InlineData("[Ia3(FeedForward = [\"down_proj\"], ScalesInput = true)]", "PEFT110", "[Ia3] sets both FeedForward and ScalesInput")]
    public void Mistake_OnFamily_IsReported(string attribute, string id, string text)
    {
        Diagnostic problem = Assert.Single(Generated.From(attribute + " public sealed partial class Persona : LlamaForCausalLM;").Analyze());

        Assert.Equal(id, problem.Id);
        Assert.Contains(text, problem.GetMessage());
    }

    [Fact]
    public void FeedForward_OnAMember_HasNothingToSelect() =>
        Assert.Equal(["PEFT004"], Generated.From(Own("[Ia3(FeedForward = [\"key\"])]", "[Ia3(ScalesInput = true)]")).Analyze().Select(problem => problem.Id));

    private static string Own(string key, string down) =>
        $$"""
        public partial class Tiny : Module<Tensor, Tensor>
        {
            {{key}} private Module<Tensor, Tensor> key = Linear(64, 32);
            {{down}} private Module<Tensor, Tensor> down = Linear(128, 64);
            public Tiny() : base("Tiny") => RegisterComponents();
            public override Tensor forward(Tensor x) => key.call(down.call(x));
        }
        """;
}
