using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Emit;

public class PersonasTests
{
    [Fact]
    public void Personas_ShareClassesConfigAndWiring()
    {
        Generated generated = Generated.From(
            """
            [Lora(rank: 8, Alpha = 16, Targets = ["q_proj"])] [Personas("captain", "pip", "prof")]
            [BaseConfig("llama-3.2-1b/config.json")]
            public sealed partial class Voices : LlamaForCausalLM;
            """,
            Configs.Llama1B);

        Assert.Empty(generated.CompilerProblems);
        Snapshots.Match(generated["Adapters"]);
    }

    [Fact]
    public void LearningRate_OfAnAdapter_IsInThePlan()
    {
        Generated generated = Generated.From(
            """
            [Lora(rank: 8, Name = "captain")] [Ia3(LearningRate = 1e-2)] [Personas("pip", "prof")]
            public sealed partial class Voices : LlamaForCausalLM;
            """);

        Assert.Empty(generated.CompilerProblems);
        Assert.Contains(
            """
                    LearningRates = new RateByAdapter
                    {
                        ["pip"] = 1e-2,
                        ["prof"] = 1e-2,
                    },
            """.ReplaceLineEndings("\n"),
            generated["Training"]);
    }

    [Fact]
    public void Table_OfPersonas_CountsEachOfThem()
    {
        string single = Generated.From(Declared(""), Configs.Llama1B)["Adapters"];
        string hundred = Generated.From(Declared($"[Personas({string.Join(", ", Enumerable.Range(0, 100).Select(i => $"\"p{i}\""))})]"), Configs.Llama1B)["Adapters"];

        Assert.Contains("trainable 851,968 of ", single);
        Assert.Contains("trainable 85,196,800 of ", hundred);
        Assert.Contains("adapter files 325.0 MiB", hundred);
        Assert.InRange(hundred.Split('\n').Length, 1, single.Split('\n').Length + (3 * 100) + 20);
    }

    private static string Declared(string personas) =>
        $"[Lora(rank: 8)] {personas} [BaseConfig(\"llama-3.2-1b/config.json\")] public sealed partial class Voices : LlamaForCausalLM;";
}
