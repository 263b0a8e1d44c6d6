using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Rules;

/// <summary>Calls of Merge that may well succeed, and so are left alone.</summary>
public class MergeCallTests
{
    [Theory]
    [InlineData("[Lora(rank: 8)]", "model.Merge();")]
    [InlineData("[Lora(rank: 8)] [Quantize]", "model.Merge(dequantize: true);")]
    [InlineData("[Lora(rank: 8)] [Quantize]", "model.Merge(dequantize: dense);")]
    [InlineData("[Lora(rank: 8)] [Quantize]", "model.Dequantize(); model.Merge();")]
    [InlineData("[PromptTuning(20)]", "model.LoadAdapter(\"other\"); model.Merge();")]
    [InlineData("[PromptTuning(20)] [Lora(rank: 8)]", "model.Adapters.Activate(\"lora\"); model.Adapters.Merge();")]
    [InlineData("[PromptTuning(20)]", "other.Merge();")]
    [InlineData("[PromptTuning(20)]", "new System.Text.StringBuilder(); Merge();")]
    public void Merge_ThatMaySucceed_IsLeftAlone(string declaration, string calls)
    {
        string source = $$"""
            {{declaration}} public sealed partial class Persona : LlamaForCausalLM { Persona(LlamaConfig config) : base(config) { } }
            class User { void Use(Persona model, LlamaForCausalLM other, bool dense) { {{calls}} } void Merge() { } }
            """;

        Assert.Empty(Generated.From(source).Analyze());
    }
}
