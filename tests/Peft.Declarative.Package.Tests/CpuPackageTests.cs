using System.IO.Compression;
using System.Xml.Linq;

namespace Peft.Declarative.Package.Tests;

/// <summary>What the packages bring besides assemblies: libtorch for this machine, and what a gallery shows.</summary>
[Collection(PackedFeed.Collection)]
public sealed class CpuPackageTests(PackedFeed feed)
{
    private const string Program = """
        using Peft.Declarative;
        using Peft.Declarative.Layers;
        using Peft.Declarative.Models;

        TorchSharp.torch.random.manual_seed(1);   // before anything of this library
        LlamaConfig config = new()
        {
            ModelType = "llama", VocabularySize = 16, HiddenSize = 8, LayerCount = 1, HeadCount = 2, KeyValueHeadCount = 1, HeadSize = 4,
            MaxPositions = 16, TiesHead = true, IntermediateSize = 16, Rotary = new RotaryEmbedding([1.0, 0.01]),
        };
        using Persona model = Persona.FromConfig(config);
        Console.WriteLine($"{model.Lora.ParameterCount} trainable");

        [Lora(rank: 2, Targets = ["q_proj", "v_proj"])]
        public sealed partial class Persona : LlamaForCausalLM;
        """;

    private const long MostBytes = 150L << 20;

    [Fact]
    public void Project_WithTheCpuPackage_RunsAtFirstWithoutACopyOfLibtorch()
    {
        using var user = new UserProject(feed, Program, ["Peft.Declarative.Models", "Peft.Declarative.Cpu"]);

        (int built, string messages) = user.Build();
        Assert.True(built == 0, messages);
        (int exitCode, string output) = user.Run(libtorch: "");

        Assert.True(exitCode == 0, output);
        Assert.Equal("56 trainable", output.Trim());
        Assert.InRange(user.OutputBytes, 1, MostBytes);
    }

    [Fact]
    public void Project_WithAPackageOfLibtorch_RunsWithoutACopyOfIt()
    {
        using var user = new UserProject(feed, Program, ["Peft.Declarative.Models", $"libtorch-cpu-{BuildFacts.TorchRid}"]);

        (int built, string messages) = user.Build();
        Assert.True(built == 0, messages);
        (int exitCode, string output) = user.Run(libtorch: "");

        Assert.True(exitCode == 0, output);
        Assert.InRange(user.OutputBytes, 1, MostBytes);
    }

    [Theory]
    [InlineData("Peft.Declarative.Text", true)]
    [InlineData("Peft.Declarative", true)]
    [InlineData("Peft.Declarative.Models", true)]
    [InlineData("Peft.Declarative.Serving", true)]
    [InlineData("Peft.Declarative.Orleans", true)]
    [InlineData("Peft.Declarative.Cpu", false)]
    public void Package_HasReadmeIconAndSymbols(string id, bool hasSymbols)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(feed.Folder, $"{id}.0.1.0.nupkg"));
        using Stream nuspec = package.GetEntry($"{id}.nuspec")!.Open();
        string[] facts = [.. XDocument.Load(nuspec).Descendants().Select(element => element.Name.LocalName)];

        Assert.Contains("readme", facts);
        Assert.Contains("icon", facts);
        Assert.NotNull(package.GetEntry("README.md"));
        Assert.NotNull(package.GetEntry("icon.png"));
        Assert.Equal(hasSymbols, File.Exists(Path.Combine(feed.Folder, $"{id}.0.1.0.snupkg")));
    }
}
