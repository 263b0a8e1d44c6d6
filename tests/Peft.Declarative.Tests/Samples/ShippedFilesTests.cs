using FirstAdapter.Pretraining;
using FirstAdapter.World.Voices;

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

    [Fact]
    public void Base_AsShipped_IsAtMostFourMegabytes() =>
        Assert.InRange(Directory.GetFiles(Path.Combine(Sample, "base")).Sum(file => new FileInfo(file).Length), 1_000_000, 4_000_000);
}
