
namespace Peft.Declarative.Tests.Data;

/// <summary>Reading rows from files.</summary>
public sealed class TrainingDataTests
{
    private const int End = 1;

    [Fact]
    public void FromJsonLines_OfText_LabelsEveryTokenAndTheEnd()
    {
        TrainingRow row = Assert.Single(Read("""{"text": "abc"}"""));

        Assert.Equal([0, 'a', 'b', 'c', End], row.Ids);
        Assert.Equal(row.Ids, row.Labels);
        Assert.Equal(4, row.CountLabels());
    }

    [Fact]
    public void FromJsonLines_OfPromptAndCompletion_LabelsTheCompletionOnly()
    {
        TrainingRow row = Assert.Single(Read("""{"completion": "xy", "prompt": "ab", "id": 7}"""));

        Assert.Equal([0, 'a', 'b', 'x', 'y', End], row.Ids);
        Assert.Equal([-100, -100, -100, 'x', 'y', End], row.Labels);
    }

    [Fact]
    public void FromJsonLines_LongerThanMaxLength_IsCutAtTheEnd()
    {
        TrainingRow row = Assert.Single(Read("""{"prompt": "ab", "completion": "uvwxyz"}""", maxLength: 5));

        Assert.Equal([0, 'a', 'b', 'u', 'v'], row.Ids);
    }

    [Theory]
    [InlineData("{\"text\": \"abc\"", "it is not JSON")]
    [InlineData("[1, 2]", "it is a JSON array, not an object")]
    [InlineData("{}", "it has no keys")]
    [InlineData("{\"txt\": \"abc\"}", "it has 'txt', but neither 'text' nor 'prompt' with 'completion' nor 'messages'")]
    [InlineData("{\"prompt\": \"abc\"}", "it has 'prompt', but neither")]
    [InlineData("{\"text\": 5}", "'text' is a JSON number, not a string")]
    [InlineData("{\"text\": \"\\ud800\"}", "'text' contains half a surrogate pair")]
    [InlineData("{\"prompt\": \"a\", \"completion\": \"\"}", "'completion' is empty")]
    [InlineData("{\"prompt\": \"abcdefghijklmnopqrstuvwxyz\", \"completion\": \"b\"}", "its prompt has 27 tokens, which leaves no room")]
    public void FromJsonLines_WithBadLine_SaysWhichAndWhy(string line, string reason)
    {
        PeftException error = Assert.Throws<PeftException>(() => { Read("{\"text\": \"fine\"}\n" + line + "\n{\"text\": \"fine\"}\n"); });

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains("rows.jsonl' has 1 row that cannot be used", error.Message, StringComparison.Ordinal);
        Assert.Contains($"line 2: {reason}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJsonLines_WithBlankLines_PassesThemOverAndCountsThem()
    {
        PeftException error = Assert.Throws<PeftException>(() => { Read("{\"text\": \"fine\"}\n\n   \n\t\r\noops\n\n"); });

        Assert.Contains("has 1 row that cannot be used", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 5: it is not JSON", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJsonLines_WithManyBadLines_CountsAllAndShowsTheFirst()
    {
        PeftException error = Assert.Throws<PeftException>(() => { Read(string.Concat(Enumerable.Repeat("oops\n", 20))); });

        Assert.Contains("20 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 1: it is not JSON", error.Message, StringComparison.Ordinal);
        Assert.Contains("and 12 more", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJsonLines_OfEmptyFile_SaysThatThereIsNothing()
    {
        Assert.Contains("no text to train on", Assert.Throws<PeftException>(() => { Read(""); }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJsonLines_OfMissingFile_NamesIt()
    {
        PeftException error = Assert.Throws<PeftException>(() => { TrainingData.FromJsonLines("nowhere.jsonl", new Letters(), 20, End); });

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains("nowhere.jsonl", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJsonLines_NotInUtf8_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["rows.jsonl"], [.. "{\"text\": \"ab"u8, 0xFF, .. "\"}"u8]);

        PeftException error = Assert.Throws<PeftException>(() => { TrainingData.FromJsonLines(folder["rows.jsonl"], new Letters(), 20, End); });

        Assert.Equal("PEFT601", error.Id);
    }

    [Fact]
    public void FromText_OfLongText_CutsItIntoRows()
    {
        using var folder = new TemporaryFolder();

        TrainingData data = TrainingData.FromText(folder.File("a.txt", "abcdefgh"), new Letters(), maxLength: 4);

        Assert.Equal(["0,97,98,99", "100,101,102,103"], data.Rows.Select(row => string.Join(",", row.Ids)));   // 'h' alone predicts nothing
    }

    [Fact]
    public void FromRows_WithoutLabel_NamesTheRow()
    {
        PeftException error = Assert.Throws<PeftException>(() =>
        {
            TrainingData.FromRows([TrainingRow.OfText([1, 2]), new TrainingRow([1, 2], [-100, -100])]);
        });

        Assert.Equal("PEFT404", error.Id);
        Assert.Contains("row 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainingRow_WithOtherNumberOfLabels_IsRefused()
    {
        Assert.Equal("PEFT602", Assert.Throws<PeftException>(() => { _ = new TrainingRow([1, 2], [1]); }).Id);
    }

    [Fact]
    public void Split_WithShare_KeepsThatManyRowsApart()
    {
        TrainingData all = TrainingData.FromRows(Enumerable.Range(2, 20).Select(i => TrainingRow.OfText([i, i])));

        TrainingData split = all.Split(0.25);

        Assert.Equal(5, split.EvaluationRows.Count);
        Assert.Equal(all.Rows.ToHashSet(), split.Rows.Concat(split.EvaluationRows).ToHashSet());
        Assert.Equal(split.EvaluationRows, all.Split(0.25).EvaluationRows);
        Assert.NotEqual(split.EvaluationRows, all.Split(0.25, seed: 1).EvaluationRows);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Split_WithShareThatLeavesNothing_IsRefused(double share)
    {
        TrainingData data = TrainingData.FromRows([TrainingRow.OfText([1, 2]), TrainingRow.OfText([1, 2])]);

        Assert.Equal("PEFT603", Assert.Throws<PeftException>(() => { data.Split(share); }).Id);
    }

    private static IReadOnlyList<TrainingRow> Read(string content, int maxLength = 20)
    {
        using var folder = new TemporaryFolder();
        return TrainingData.FromJsonLines(folder.File("rows.jsonl", content), new Letters(), maxLength, End).Rows;
    }
}
