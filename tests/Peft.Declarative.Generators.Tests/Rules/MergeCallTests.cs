using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Rules;

/// <summary>Calls of Merge: those that may well succeed are left alone, and the others name what is active.</summary>
public class MergeCallTests
{
    [Fact]
    public void Merge_OfAFusion_NamesTheFusionAndNotWhatRests() => Assert.Equal(
        "The adapter 'default' has a [AdapterFusion], which sits over bottlenecks and not on weights, and cannot be merged. "
            + "Save it by itself, or merge the other adapters only.",
        Assert.Single(Generated.From(
            """
            [Bottleneck(reduction: 4, Name = "x")] [Bottleneck(reduction: 4, Name = "y")] [AdapterFusion("x", "y")]
            public sealed partial class Persona : LlamaForCausalLM { Persona(LlamaConfig config) : base(config) { } }
            class User { void Use(Persona model) => model.Merge(); }
            """).Analyze()).GetMessage());

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
