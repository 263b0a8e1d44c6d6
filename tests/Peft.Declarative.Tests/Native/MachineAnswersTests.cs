using System.Text.Json.Nodes;
using Peft.Declarative.Native;

namespace Peft.Declarative.Tests.Native;

public sealed class MachineAnswersTests
{
    [Fact]
    public void Find_AfterAnotherProcessKeptIt_GivesTheAnswer()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder["cache"], "answers.json");
        new MachineAnswers(path, "first").Keep("few", answer: true);
        new MachineAnswers(path, "first").Keep("many", answer: false);
        new MachineAnswers(path, "second").Keep("few", answer: false);

        var answers = new MachineAnswers(path, "first");

        Assert.True(answers.Find("few"));
        Assert.False(answers.Find("many"));
        Assert.Null(answers.Find("one"));
        Assert.Null(new MachineAnswers(path, "third").Find("few"));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("""{ "first": 3 }""")]
    [InlineData("""{ "first": { "few": "yes" } }""")]
    [InlineData("""{ "first": {}, "first": {} }""")]
    public void Keep_IntoAFileThatIsNone_WritesAGoodOne(string text)
    {
        using var folder = new TemporaryFolder();
        string path = folder["answers.json"];
        File.WriteAllText(path, text);
        var answers = new MachineAnswers(path, "first");
        Assert.Null(answers.Find("few"));

        answers.Keep("few", answer: true);

        Assert.True(answers.Find("few"));
        Assert.True(JsonNode.Parse(File.ReadAllText(path))!["first"]!["few"]!.GetValue<bool>());
    }

    [Fact]
    public void Keep_WhereNothingCanBeWritten_IsPassedOver()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        var answers = new MachineAnswers(Path.Combine(folder["file"], "answers.json"), "first");

        answers.Keep("few", answer: true);
        new MachineAnswers(path: null, "first").Keep("few", answer: true);

        Assert.Null(answers.Find("few"));
    }

    // Another version's kernels can be faster, so it asks anew.
    [Fact]
    public void Machine_OfUser_NamesTheVersionsOfBothLibraries()
    {
        Assert.Contains($"libtorch {typeof(torch).Assembly.GetName().Version}", MachineAnswers.OfUser.Machine, StringComparison.Ordinal);
        Assert.EndsWith($"Peft.Declarative {typeof(MachineAnswers).Assembly.GetName().Version}", MachineAnswers.OfUser.Machine, StringComparison.Ordinal);
    }
}
