using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.PromptTuning;

public class PromptTuningEmissionTests
{
    [Fact]
    public void TextInitialisation_IsPassedOn()
    {
        Generated generated = Generated.From(
            """
            [PromptTuning(tokens: 20, Init = PromptInit.Text, InitText = "be \"kind\"")]
            [BaseConfig("gpt2/config.json")]
            public sealed partial class Persona : Gpt2ForCausalLM;
            """,
            Configs.Gpt2);

        Assert.Contains("""prompts.Add(new SoftPrompt(this, "default", tokens: 20, PromptInit.Text, text: "be \"kind\""));""", generated["Adapters"]);
        Assert.Contains("20 virtual tokens before the text: 15,360 parameters (0.012 %).", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void BesideLora_WithoutName_IsNamedAfterItsMethod()
    {
        Generated generated = Generated.From("[Lora(rank: 8)] [PromptTuning(tokens: 4)] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains("""public Adapter PromptTuning { get; } = new("prompt_tuning", """, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }
}
