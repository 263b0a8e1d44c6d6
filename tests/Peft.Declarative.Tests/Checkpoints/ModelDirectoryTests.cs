using Peft.Declarative.Checkpoints;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Checkpoints;

public sealed class ModelDirectoryTests : IDisposable
{
    private const string Index = ModelDirectory.IndexName;

    private readonly TemporaryFolder directory = new();

    [Fact]
    public void Open_TwoShards_ReadsAsOneModel()
    {
        using DisposeScope scope = NewDisposeScope();
        WriteShard("one.safetensors", "a", ones(2));
        WriteShard("two.safetensors", "b", zeros(3));
        WriteIndex("""{"a": "one.safetensors", "b": "two.safetensors"}""");

        using ModelDirectory model = ModelDirectory.Open(directory.Path);

        Assert.Equal(["a", "b"], model.Names);
        Assert.Equal([3L], model.Entry("b").Shape.AsEnumerable());
        Close.Bits(ones(2), model.Read("a"), "a");
        Close.Bits(zeros(3), model.Read("b"), "b");
        Assert.False(model.Contains("c"));
        Assert.Equal("PEFT503", Assert.Throws<PeftException>(() => model.Read("c")).Id);
    }

    [Theory]
    [InlineData("../one.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/one.safetensors")]
    [InlineData(@"sub\\one.safetensors")]
    [InlineData("C:one.safetensors")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public void Open_IndexLeavesTheDirectory_IsRefused(string file)
    {
        WriteIndex($$"""{"a": "{{file}}"}""");

        Assert.Contains("not a plain name", OpenFails().Message);
    }

    // As the hub's own cache keeps them: names in the model's folder, files elsewhere. The link is the user's, not the index's.
    [SkippableFact]
    public void Open_ShardThatIsALink_FollowsIt()
    {
        Skip.If(OperatingSystem.IsWindows(), "Making links takes a right there.");
        using DisposeScope scope = NewDisposeScope();
        using var elsewhere = new TemporaryFolder();
        SafetensorsWriter.Write(elsewhere["blob"], new Dictionary<string, Tensor> { ["a"] = ones(2) });
        File.CreateSymbolicLink(directory["one.safetensors"], elsewhere["blob"]);
        WriteIndex("""{"a": "one.safetensors"}""");

        using ModelDirectory model = ModelDirectory.Open(directory.Path);

        Close.Bits(ones(2), model.Read("a"), "a");
    }

    [Fact]
    public void Open_IndexWithSeveralProblems_NamesThemAll()
    {
        WriteIndex("""{"a": "../x", "b": 3, "c": null}""");

        string message = OpenFails().Message;

        Assert.Contains("tensor 'a' is mapped to '../x'", message);
        Assert.Contains("tensor 'b' is not mapped", message);
        Assert.Contains("tensor 'c' is not mapped", message);
    }

    [Fact]
    public void Open_MissingShards_NamesThemAll()
    {
        WriteIndex("""{"a": "one.safetensors", "b": "two.safetensors"}""");

        string message = OpenFails().Message;

        Assert.Contains("the file 'one.safetensors' is missing; the file 'two.safetensors' is missing", message);
    }

    [Fact]
    public void Open_TensorNotInItsShard_NamesBoth()
    {
        using DisposeScope scope = NewDisposeScope();
        WriteShard("one.safetensors", "a", ones(2));
        WriteIndex("""{"a": "one.safetensors", "b": "one.safetensors"}""");

        Assert.Contains("'one.safetensors' holds no tensor 'b'", OpenFails().Message);
    }

    [Fact]
    public void Open_IndexWithoutMap_SaysSo()
    {
        File.WriteAllText(directory[Index], "{}");

        Assert.Contains("weight_map", OpenFails().Message);
    }

    [Fact]
    public void Open_TensorTwiceInTheIndex_IsRefused()
    {
        WriteIndex("""{"a": "one.safetensors", "a": "two.safetensors"}""");

        Assert.Equal("PEFT504", OpenFails().Id);
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("pytorch_model-00001-of-00002.bin")]
    [InlineData("pytorch_model.bin.index.json")]
    public void Open_OnlyPickledWeights_SaysHowToConvert(string name)
    {
        File.WriteAllText(directory[name], "");

        string message = OpenFails().Message;

        Assert.Contains(name, message);
        Assert.Contains("Convert it once", message);
    }

    [Fact]
    public void Open_MissingDirectory_SaysSo() =>
        Assert.Contains("There is no model directory", Assert.Throws<PeftException>(() => ModelDirectory.Open(directory["none"])).Message);

    [Fact]
    public void Open_NoWeights_SaysWhatIsLookedFor() => Assert.Contains("holds neither model.safetensors nor", OpenFails().Message);

    [Fact]
    public void Open_EveryFixtureModel_ReadsAllTensorsAndWritesThemBackEqual()
    {
        string models = Path.Combine(TestData.Folder("PEFT_FIXTURES", "fixtures")!, "models");
        string[] found = Directory.GetDirectories(models);
        Assert.NotEmpty(found);

        foreach (string path in found)
        {
            using ModelDirectory model = ModelDirectory.Open(path);
            string copy = Path.Combine(directory.Path, Path.GetFileName(path), ModelDirectory.WeightsName);
            SafetensorsWriter.Write(copy, model.Names.ToDictionary(name => name, model.Read));

            using ModelDirectory written = ModelDirectory.Open(Path.GetDirectoryName(copy)!);

            Assert.Equal(model.Names, written.Names);
            Assert.All(model.Names, name => Close.Bits(model.Read(name), written.Read(name), name));
        }
    }

    public void Dispose() => directory.Dispose();

    private PeftException OpenFails() => Assert.ThrowsAny<PeftException>(() => ModelDirectory.Open(directory.Path));

    private void WriteShard(string file, string name, Tensor tensor) =>
        SafetensorsWriter.Write(directory[file], new Dictionary<string, Tensor> { [name] = tensor });

    private void WriteIndex(string map) => File.WriteAllText(directory[Index], $$"""{"metadata": {"total_size": 1}, "weight_map": {{map}}}""");
}
