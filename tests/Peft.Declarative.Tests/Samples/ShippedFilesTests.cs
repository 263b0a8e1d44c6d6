using FirstAdapter.Pretraining;
using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative.Models;

namespace Peft.Declarative.Tests.Samples;

public sealed class ShippedFilesTests
{
    private static readonly string Sample = Path.Combine(TestData.RepositoryRoot, "samples", "01-first-adapter");

    public static TheoryData<string> DataFiles { get; } = [.. Voice.Personas.SelectMany(voice => new[] { $"{voice.Name}.jsonl", $"{voice.Name}.unseen.jsonl" })];

    [Theory]
    [MemberData(nameof(DataFiles))]
    public void Data_AsShipped_IsWhatTheGrammarGives(string name)
    {
        string directory = Directory.CreateTempSubdirectory("peft-sample-").FullName;
        try
        {
            PersonaFiles.Write(directory);

            Assert.Equal(File.ReadAllText(Path.Combine(directory, name)), File.ReadAllText(Path.Combine(Sample, "data", name)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    public void Base_AsShipped_HasTheFilesThatTheProgramWrites(string name)
    {
        string directory = Directory.CreateTempSubdirectory("peft-sample-").FullName;
        try
        {
            BaseModel.WriteFiles(directory, Corpus.Texts);

            Assert.Equal(File.ReadAllText(Path.Combine(directory, name)), File.ReadAllText(Path.Combine(Sample, "base", name)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Base_AsShipped_AnswersNeutrally()
    {
        string directory = Path.Combine(Sample, "base");
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(directory);
        Question[] some = [.. Corpus.Questions.Where((_, index) => index % 37 == 0)];

        Assert.InRange(Recall.Measure(model, Tokenizer.Load(directory), new NeutralVoice(), some), 0.98, 1.0);
    }

    [Fact]
    public void Base_AsShipped_IsAtMostFourMegabytes() =>
        Assert.InRange(Directory.GetFiles(Path.Combine(Sample, "base")).Sum(file => new FileInfo(file).Length), 1_000_000, 4_000_000);
}
