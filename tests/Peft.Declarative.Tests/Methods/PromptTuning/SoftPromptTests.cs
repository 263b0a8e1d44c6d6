using Peft.Declarative.Methods.PromptTuning;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.PromptTuning;

public class SoftPromptTests
{
    [Fact]
    public void Prompt_SampledFromTheVocabulary_IsMadeOfEmbeddings()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        using DisposeScope scope = NewDisposeScope();
        using var prompt = new SoftPrompt(model, "default", tokens: 5, PromptInit.SampleVocabulary);

        Tensor vocabulary = model.Embed(arange(model.Config.VocabularySize).unsqueeze(0)).squeeze(0);
        Tensor start = prompt.TensorsAt("").Single().Value;

        Assert.Equal([5, model.Config.HiddenSize], start.shape);
        for (long i = 0; i < 5; i++)
        {
            Assert.True(vocabulary.eq(start[i]).all(1).any().item<bool>(), $"row {i} is no token's embedding");
        }
    }

    [Fact]
    public void Prompt_WithoutTokens_IsRefused()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        Assert.Equal("PEFT202", Assert.Throws<PeftException>(() => new SoftPrompt(model, "default", tokens: 0)).Id);
    }
}
