using System.Text.Json.Nodes;
using Peft.Declarative.Generation;

namespace Peft.Declarative.Tests.Generation;

public sealed class GenerationOptionsTests
{
    [Fact]
    public void Read_NoFile_GivesTheDefaults()
    {
        using TemporaryFolder directory = new();

        GenerationOptions options = GenerationOptionsFile.Read(directory.Path);

        Assert.Equal(50, options.TopK);
        Assert.False(options.DoSample);
        Assert.Null(options.EosTokenIds);
        Assert.Equal(5 + GenerationOptions.DefaultNewTokens, options.LengthLimit(5));
    }

    [Fact]
    public void Read_File_TakesIdsAsNumberOrListAndPassesUnknownKeysOver()
    {
        using TemporaryFolder directory = new();
        File.WriteAllText(directory[GenerationOptionsFile.Name], """
            {"eos_token_id": [7, 9], "forced_eos_token_id": 7, "top_p": 0.9, "do_sample": true, "max_length": 20, "temperature": null,
             "early_stopping": "never", "exponential_decay_length_penalty": [4, 1.5], "sequence_bias": [[[1, 2], -0.5]], "prompt_lookup_num_tokens": 10,
             "max_matching_ngram_size": null, "new_feature": {}}
            """);

        GenerationOptions options = GenerationOptionsFile.Read(directory.Path);

        Assert.Equal([7, 9], options.EosTokenIds!);
        Assert.Equal([7], options.ForcedEosTokenIds);
        Assert.Equal(0.9, options.TopP);
        Assert.Equal(1, options.Temperature);
        Assert.Equal(20, options.LengthLimit(5));
        Assert.Equal(EarlyStopping.Never, options.EarlyStopping);
        Assert.Equal(new LengthDecay(4, 1.5), options.ExponentialDecayLengthPenalty);
        Assert.Equal(-0.5, options.SequenceBias.Single().Bias);
        Assert.Equal((10, 2), (options.PromptLookupNumTokens, options.MaxMatchingNgramSize));
    }

    [Fact]
    public void From_ValuesOfTheWrongKind_NamesThemAll()
    {
        JsonObject json = JsonNode.Parse("""{"top_k": "many", "eos_token_id": {}, "early_stopping": "soon", "sequence_bias": [[1, 2]]}""")!.AsObject();

        PeftException error = Assert.Throws<PeftException>(() => GenerationOptionsFile.From(json, "file"));

        Assert.Equal("PEFT802", error.Id);
        Assert.All(new[] { "top_k", "eos_token_id", "early_stopping", "sequence_bias" }, name => Assert.Contains($"'{name}'", error.Message));
    }

    [Fact]
    public void Check_SeveralProblems_NamesThemAll()
    {
        GenerationOptions options = new()
        {
            Temperature = -1,
            TopP = 1.5,
            MaxNewTokens = 0,
            EosTokenIds = [100],
            NumBeams = 4,
            NumBeamGroups = 3,
            StopStrings = [""],
        };

        PeftException error = Assert.Throws<PeftException>(() => GenerationOptionsCheck.Run(options, vocabularySize: 48));

        Assert.Equal("PEFT801", error.Id);
        string[] problems =
        [
            "Temperature is -1", "TopP is 1.5", "MaxNewTokens is 0", "EosTokenIds holds 100, but ids go from 0 to 47", "must divide NumBeams 4", "StopStrings",
        ];
        Assert.All(problems, problem => Assert.Contains(problem, error.Message));
    }

    [Fact]
    public void Check_Defaults_Pass() => GenerationOptionsCheck.Run(new GenerationOptions(), vocabularySize: 48);
}
