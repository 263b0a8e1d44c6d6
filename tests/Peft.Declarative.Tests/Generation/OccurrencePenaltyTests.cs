using System.Text.Json.Nodes;
using Peft.Declarative.Generation.Processors;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

public sealed class OccurrencePenaltyTests
{
    [Fact]
    public void Process_TakesOffOncePerIdAndOncePerTimeInTheGeneratedPartOnly()
    {
        using DisposeScope scope = NewDisposeScope();
        var processor = new OccurrencePenaltyProcessor(presence: 0.5, frequency: 0.25, promptLength: 2);
        Tensor ids = tensor(new long[,] { { 0, 1, 2, 2, 3 }, { 3, 3, 0, 1, 2 } });

        Tensor scores = processor.Process(ids, ones(2, 4));

        Assert.Equal([1f, 1f, 0f, 0.25f, 0.25f, 0.25f, 0.25f, 1f], scores.data<float>().ToArray());
    }

    [Fact]
    public void Process_RightBehindThePrompt_ChangesNothing()
    {
        using DisposeScope scope = NewDisposeScope();

        Tensor scores = new OccurrencePenaltyProcessor(1, 1, promptLength: 2).Process(tensor(new long[,] { { 0, 1 } }), ones(1, 4));

        Assert.Equal([1f, 1f, 1f, 1f], scores.data<float>().ToArray());
    }

    [Fact]
    public void Generate_WithALargePresencePenalty_NeverRepeatsAnId()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        var options = new GenerationOptions { MaxNewTokens = 20, EosTokenIds = [], PresencePenalty = 1000 };

        using Tensor ids = new TextGenerator(model).Generate(tensor(new long[,] { { 5, 9 } }), options: options);

        Assert.Equal(20, ids.data<long>().ToArray()[2..].Distinct().Count());
    }

    [Fact]
    public void File_NamesThemAsOpenAIDoes()
    {
        JsonObject json = new() { ["presence_penalty"] = 0.5, ["frequency_penalty"] = -0.25 };

        GenerationOptions options = GenerationOptionsFile.From(json, "generation_config.json");

        Assert.Equal((0.5, -0.25), (options.PresencePenalty, options.FrequencyPenalty));
    }
}
