using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Checkpoints;

public sealed class AdapterDirectoryTests : IDisposable
{
    private readonly TemporaryFolder directory = new();

    [Fact]
    public void Write_EveryFixtureAdapter_GivesBackTheSameFiles()
    {
        string cases = Path.Combine(TestData.Folder("PEFT_FIXTURES", "fixtures")!, "cases");
        string[] found =
        [
            .. Directory.GetFiles(cases, AdapterDirectory.WeightsName, SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!),
        ];
        Assert.NotEmpty(found);

        foreach (string original in found)
        {
            string copy = directory["copy"];
            using AdapterFiles read = AdapterDirectory.Read(original);
            AdapterDirectory.Write(copy, read.Config, read.Tensors);

            Assert.Equal(ConfigText(original), ConfigText(copy));
            using AdapterFiles written = AdapterDirectory.Read(copy);
            Assert.Equal(read.Tensors.Keys, written.Tensors.Keys);
            Assert.All(read.Tensors, pair => Close.Bits(pair.Value, written.Tensors[pair.Key], $"{original}: {pair.Key}"));
        }
    }

    [Fact]
    public void Write_OverALoadedAdapter_KeepsTheLoadedTensors()
    {
        using DisposeScope scope = NewDisposeScope();
        AdapterDirectory.Write(directory.Path, new JsonObject { ["peft_type"] = "LORA" }, new Dictionary<string, Tensor> { ["w"] = ones(3) });
        using AdapterFiles first = AdapterDirectory.Read(directory.Path);

        AdapterDirectory.Write(directory.Path, first.Config, new Dictionary<string, Tensor> { ["w"] = zeros(3) });

        Close.Bits(ones(3), first.Tensors["w"], "w");
        using SafetensorsFile file = SafetensorsFile.Open(directory[AdapterDirectory.WeightsName]);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Write_ConfigThatJsonCannotHold_ChangesNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        JsonObject config = new() { ["lora_alpha"] = double.PositiveInfinity };

        Assert.Throws<PeftException>(() => AdapterDirectory.Write(directory.Path, config, new Dictionary<string, Tensor> { ["w"] = ones(3) }));

        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Read_PickledAdapter_SaysHowToConvert()
    {
        File.WriteAllText(directory[AdapterDirectory.ConfigName], "{}");
        File.WriteAllText(directory["adapter_model.bin"], "");

        PeftException error = Fails(directory.Path);

        Assert.Equal("PEFT504", error.Id);
        Assert.Contains("'adapter_model.bin', a pickle", error.Message);
    }

    [Fact]
    public void Read_EmptyDirectory_NamesBothFiles() =>
        Assert.Contains("adapter_config.json and adapter_model.safetensors are missing", Fails(directory.Path).Message);

    [Fact]
    public void Read_MissingDirectory_SaysSo() => Assert.Contains("There is no adapter directory", Fails(directory["none"]).Message);

    [Fact]
    public void Read_BrokenConfig_SaysTheLine()
    {
        File.WriteAllText(directory[AdapterDirectory.ConfigName], "{\n\"r\": }");
        File.WriteAllText(directory[AdapterDirectory.WeightsName], "");

        Assert.Contains("line 2", Fails(directory.Path).Message);
    }

    [Fact]
    public void Read_TruncatedWeights_LeavesNoTensorBehind()
    {
        using DisposeScope scope = NewDisposeScope();
        AdapterDirectory.Write(directory.Path, [], new Dictionary<string, Tensor> { ["w"] = ones(3) });
        byte[] bytes = File.ReadAllBytes(directory[AdapterDirectory.WeightsName]);
        File.WriteAllBytes(directory[AdapterDirectory.WeightsName], bytes[..^1]);
        long before = LiveTensors.CountAfterCollection();

        Assert.Equal("PEFT501", Fails(directory.Path).Id);
        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    public void Dispose() => directory.Dispose();

    private static string ConfigText(string path) => File.ReadAllText(Path.Combine(path, AdapterDirectory.ConfigName));

    private static PeftException Fails(string path) => Assert.ThrowsAny<PeftException>(() => AdapterDirectory.Read(path));
}
