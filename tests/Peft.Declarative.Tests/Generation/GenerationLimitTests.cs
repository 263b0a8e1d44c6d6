using Peft.Declarative.Models;
using Peft.Declarative.Tests.Text;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

/// <summary>Numbers at the ends of their ranges, and prompts that are none.</summary>
public sealed class GenerationLimitTests
{
    [Fact]
    public void Generate_WithAHugeMaxNewTokens_WritesToTheModelsEnd()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        using Tensor text = new TextGenerator(model).Generate(TinyModels.Ids(), options: new GenerationOptions { MaxNewTokens = int.MaxValue, EosTokenIds = [] });

        Assert.Equal(model.Config.MaxPositions, text.size(1));
    }

    [Fact]
    public void Run_OfAnEncoderDecoderWithAHugeMaxNewTokens_TakesRoomAsItIsNeeded()
    {
        using T5ForConditionalGeneration model = TinyModels.T5();
        int steps = 0;
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => new TextGenerator(model).Run(
            TinyModels.Ids(), null, new GenerationOptions { MaxNewTokens = int.MaxValue, EosTokenIds = [] }, _ => Count(), stop.Token));

        Assert.Equal(1_100, steps);

        void Count()
        {
            if (++steps == 1_100)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Generate_WithTemperatureZero_TakesTheMostLikelyTokens()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        var generator = new TextGenerator(model);
        using Tensor greedy = generator.Generate(TinyModels.Ids(), options: new GenerationOptions { MaxNewTokens = 12, EosTokenIds = [] });

        using Tensor cold = generator.Generate(TinyModels.Ids(), options: new GenerationOptions { MaxNewTokens = 12, EosTokenIds = [], DoSample = true, Temperature = 0 });

        Assert.True(greedy.eq(cold).all().item<bool>());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void Generate_WithAMaxLengthThatThePromptReaches_SaysWhatToSet(int maxLength)
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => new TextGenerator(model).Generate(TinyModels.Ids(), options: new GenerationOptions { MaxLength = maxLength }));

        Assert.Equal("PEFT803", error.Id);
        Assert.Contains($"MaxLength is {maxLength}, and the prompt already has 7 tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_OfNoPrompts_SaysSo()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        Assert.Equal("PEFT803", Assert.Throws<PeftException>(() => new TextGenerator(model, InlineWords.Load()).Complete([])).Id);
    }
}
