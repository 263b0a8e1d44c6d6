using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.Poly;

public class PolyEmissionTests
{
    [Fact]
    public void OnFamily_WithBaseConfig_CountsSkillsAndTasks() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [Poly(rank: 4, tasks: 12, splits: 2, Targets = ["q_proj", "v_proj"])]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Theory]
    [InlineData("", ": PolyLinear(frozen, \"default\", rank: 8, tasks: 1, skills: 4, splits: 1);")]
    [InlineData("4, 3, 2, 2", ": PolyLinear(frozen, \"default\", rank: 4, tasks: 3, skills: 2, splits: 2);")]
    [InlineData("tasks: 3", "Tasks = 3,")]
    [InlineData("skills: 5", "Skills = 5,")]
    [InlineData("splits: 2", "Splits = 2,")]
    [InlineData("splits: 2", "A [2, 4, in / 2, 8], B [2, 4, 8, out / 2], tasks [1, 8]</summary>")]
    [InlineData("4, Init = PolyInit.Random", "splits: 1, init: PolyInit.Random);")]
    [InlineData("4, Init = PolyInit.Random", "Init = PolyInit.Random,")]
    public void Argument_OnFamily_IsInTheCode(string arguments, string line)
    {
        Generated generated = Generated.From($"[Poly({arguments})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void BesideLora_OfOneModel_HasTheReferencesNameOfTheMethod()
    {
        Generated generated = Generated.From("[Lora(rank: 4)] [Poly(rank: 2)] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains("PolyLinear(frozen, \"poly\", rank: 2", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Theory]
    [InlineData("[Poly(0)]", "PEFT202", "Rank 0 of [Poly] on 'Persona'")]
    [InlineData("[Poly(8, tasks: 0)]", "PEFT202", "tasks = 0 of [Poly] on 'Persona' cannot be. Use 1 or more.")]
    [InlineData("[Poly(8, skills: -1)]", "PEFT202", "skills = -1 of [Poly]")]
    [InlineData("[Poly(8, splits: 0)]", "PEFT202", "splits = 0 of [Poly]")]
    [InlineData("[Poly(8, Targets = [\"embed_tokens\"])]", "PEFT108", "[Poly] cannot adapt 'embed_tokens' of 'Persona', which is an embedding.")]
    [InlineData("[BaseConfig(\"llama-3.2-1b/config.json\")] [Poly(8, splits: 3)]", "PEFT202", "splits = 3 of [Poly] on 'Persona' cannot be. Use a divisor of both sizes of 'q_proj' (2048→2048); 1 to 4 is common.")]
    [InlineData("[BaseConfig(\"llama-3.2-1b/config.json\")] [Poly(128, Targets = [\"k_proj\"])]", "PEFT201", "Rank 128 is not low for 'k_proj' (2048→512). Above 102 the adapter holds more weights than the layer itself.")]
    public void Mistake_OnFamily_IsReported(string attribute, string id, string text)
    {
        Diagnostic problem = Assert.Single(Generated.From(attribute + " public sealed partial class Persona : LlamaForCausalLM;", Configs.Llama1B).Analyze(Configs.Llama1B));

        Assert.Equal(id, problem.Id);
        Assert.Contains(text, problem.GetMessage());
    }
}
