using Parquet.Schema;

namespace Peft.Declarative.Tests.Data.Files;

/// <summary>Files whose rows name a task of the adapter that learns them.</summary>
public sealed class TaskFieldTests
{
    [Theory]
    [InlineData("a.jsonl", "{\"text\": \"ab\", \"adapter\": \"poly\", \"task\": 2}\n{\"text\": \"cd\", \"task\": 0.0}\n{\"text\": \"ef\", \"task\": null}")]
    [InlineData("a.json", "[{\"text\": \"ab\", \"adapter\": \"poly\", \"task\": \"2\"}, {\"text\": \"cd\", \"task\": 0}, {\"text\": \"ef\"}]")]
    [InlineData("a.csv", "adapter,task,text\npoly,2,ab\n,0.0,cd\n,,ef\n")]
    public void FromFile_OfRowsWithTasks_NamesThem(string name, string content)
    {
        using var folder = new TemporaryFolder();

        TrainingData data = TrainingData.FromFile(folder.File(name, content), new Letters(), 20, null);

        Assert.Equal([("poly", 2), (null, 0), (null, null)], Learners(data));
        Assert.Equal([("poly", 2), (null, 0), (null, null)], Learners(data.Split(0.3)).OrderByDescending(learner => learner.Item2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FromFile_OfAParquetColumn_NamesTheTasks(bool asText)
    {
        using var folder = new TemporaryFolder();
        var text = new DataField<string>("text");
        DataField task = asText ? new DataField<string>("task") : new DataField<int?>("task");
        ParquetTests.Write(folder["a.parquet"], new ParquetSchema(text, task), async group =>
        {
            await group.WriteAsync(text, ["ab", "cd", "ef"]);
            await (asText ? group.WriteAsync(task, ["2", "0", null!]) : group.WriteAsync<int>(task, new int?[] { 2, 0, null }));
        });

        Assert.Equal([(null, 2), (null, 0), (null, null)], Learners(TrainingData.FromFile(folder["a.parquet"], new Letters(), 20, null)));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\": \"ab\", \"task\": \"translation\"}", "line 1: 'task' is \"translation\", not the number of a task of the adapter, from 0. Rename")]
    [InlineData("a.jsonl", "{\"text\": \"ab\"}\n{\"text\": \"ab\", \"task\": -1}", "line 2: 'task' is -1, not")]
    [InlineData("a.jsonl", "{\"text\": \"ab\", \"task\": 0.5}", "line 1: 'task' is 0.5, not")]
    [InlineData("a.jsonl", "{\"text\": \"ab\", \"task\": 1e10}", "line 1: 'task' is 1e10, not")]
    [InlineData("a.jsonl", "{\"text\": \"ab\", \"task\": [1]}", "line 1: 'task' is a JSON array, not")]
    [InlineData("a.csv", "text,task\nab,1\ncd,two\n", "line 3: 'task' is \"two\", not")]
    public void FromFile_OfATaskThatIsNoNumber_NamesTheLine(string name, string content, string problem)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File(name, content);

        PeftException error = Assert.Throws<PeftException>(() => TrainingData.FromFile(file, new Letters(), 20, null));

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    // A run that is resumed must have the same data.
    [Fact]
    public void FromFile_OfOtherTasks_IsOtherData()
    {
        using var folder = new TemporaryFolder();
        string[] files = [.. new[] { 0, 1 }.Select(task => folder.File($"{task}.jsonl", $$"""{"text": "ab", "task": {{task}}}"""))];

        Assert.Equal(2, files.Select(file => TrainingData.FromFile(file, new Letters(), 20, null).RowSet.Fingerprint).Distinct().Count());
    }

    private static IEnumerable<(string?, int?)> Learners(TrainingData data) => data.Rows.Concat(data.EvaluationRows).Select(row => (row.Adapter, row.Task));
}
