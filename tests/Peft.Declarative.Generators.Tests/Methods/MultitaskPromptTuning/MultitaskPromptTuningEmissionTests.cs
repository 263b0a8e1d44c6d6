using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.MultitaskPromptTuning;

public class MultitaskPromptTuningEmissionTests
{
    [Fact]
    public void Sizes_ArePassedOnAndCounted()
    {
        Generated generated = Generated.From(
            """
            [MultitaskPromptTuning(tokens: 20, tasks: 3, ranks: 2)]
            [BaseConfig("gpt2/config.json")]
            public sealed partial class Writer : Gpt2ForCausalLM;
            """,
            Configs.Gpt2);

        Assert.Contains("""prompts.Add(new MultitaskPrompt(this, "default", tokens: 20, tasks: 3, ranks: 2, MultitaskPromptInit.Random));""", generated["Adapters"]);
        Assert.Contains("20 virtual tokens before the text, for 3 tasks: 20,088 parameters", generated["Adapters"]);
        Assert.Contains("times one matrix for each of 3 tasks, of rank 2: [20, 2] · [2, 768]", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void SourceTask_IsPassedOn()
    {
        Generated generated = Generated.From(
            "[MultitaskPromptTuning(8, 2, Init = MultitaskPromptInit.ExactSourceTask, InitAdapter = \"runs/source\", InitTask = 4)] public sealed partial class Writer : LlamaForCausalLM;");

        Assert.Contains(
            """tokens: 8, tasks: 2, ranks: 1, MultitaskPromptInit.ExactSourceTask, source: "runs/source", sourceTask: 4));""", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }
}
