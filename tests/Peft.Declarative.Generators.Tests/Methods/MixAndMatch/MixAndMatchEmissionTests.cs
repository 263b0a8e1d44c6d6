using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.MixAndMatch;

public class MixAndMatchEmissionTests
{
    [Fact]
    public void BesideLora_OnLlama_ShowsItsPartsOnOneScreen()
    {
        Generated generated = Generated.From("[MixAndMatch] [Lora(rank: 8)] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains("prefix of 30 keys and values beside the text in every attention layer, made by a network 800 wide", generated["Adapters"]);
        Assert.Contains("bottlenecks of reduction 2 beside every mlp, times 4", generated["Adapters"]);
        Assert.Contains("new ParallelBottleneckConfig { Reduction = 2.0, Scale = 4.0 }", generated["Adapters"]);
        Assert.InRange(generated["Adapters"].Split('\n').Length, 1, 110);
        Assert.Empty(generated.CompilerProblems);
    }
}
