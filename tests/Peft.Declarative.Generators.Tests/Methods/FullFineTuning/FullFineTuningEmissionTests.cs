using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.FullFineTuning;

public class FullFineTuningEmissionTests
{
    [Fact]
    public void OnGpt2_Whole_CountsEveryParameterOnce()
    {
        Generated generated = Generated.From(
            """[FullFineTuning] [BaseConfig("gpt2/config.json")] public sealed partial class Persona : Gpt2ForCausalLM;""", Configs.Gpt2);

        string text = generated["Adapters"];
        Assert.Contains("AdapterWiring.Attach(this, FullFineTuning);   // trained copies replace", text);
        Assert.Contains("124,439,808 parameters", text);   // the head is the embedding
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Gpt2));
    }

    [Fact]
    public void LastBlocks_OfAKnownModel_CountsThem()
    {
        Generated generated = Generated.From(
            """[FullFineTuning(LastBlocks = 2)] [BaseConfig("gpt2/config.json")] public sealed partial class Persona : Gpt2ForCausalLM;""", Configs.Gpt2);

        Assert.Contains("2 of 12 layers", generated["Adapters"]);
        Assert.Contains("14,175,744 parameters", generated["Adapters"]);   // 2 x 7,087,872
        Assert.Contains("LastBlocks = 2,", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void LastBlocks_OfAnUnknownModel_AreSelectedAtRunTime()
    {
        Generated generated = Generated.From("""[FullFineTuning(LastBlocks = 2)] public sealed partial class Persona : LlamaForCausalLM;""");

        Assert.Contains("// The selection depends on the checkpoint", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void LastBlocks_MoreThanThereAre_IsReported()
    {
        Diagnostic problem = Assert.Single(Generated
            .From("""[FullFineTuning(LastBlocks = 13)] [BaseConfig("gpt2/config.json")] public sealed partial class Persona : Gpt2ForCausalLM;""", Configs.Gpt2)
            .Analyze(Configs.Gpt2));

        Assert.Equal("PEFT106", problem.Id);
        Assert.Contains("trains the last 13 blocks, but 'transformer.h' has 12", problem.GetMessage());
    }
}
