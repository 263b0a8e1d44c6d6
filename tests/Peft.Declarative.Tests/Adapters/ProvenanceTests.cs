using System.Diagnostics;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Data;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>What saved adapters say of their base, and what is told when they meet another one.</summary>
public sealed class ProvenanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ProvenanceTests() => MakeBase("base", seed: 5, ChatData.Template);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_OntoTheBaseItWasSavedOn_WarnsOfNothing()
    {
        Save("base");

        Assert.Empty(WarningsOn("base"));
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder["base"]);
        Adapter adapter = model.LoadAdapter(_folder["adapter"]);
        Assert.Equal(model.Provenance, adapter.Provenance);
        Assert.StartsWith("sha256-sampled-1:", adapter.Provenance!.Base, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OntoOtherWeights_WarnsWithBothHashesAndWhatToDo()
    {
        Save("base");
        MakeBase("other", seed: 6, ChatData.Template);

        string warning = Assert.Single(WarningsOn("other"));

        Assert.StartsWith("PEFT705: ", warning, StringComparison.Ordinal);
        Assert.Contains($"the base weights {Short("base", model => model.Provenance.Base)}, but '{_folder["other"]}' has {Short("other", model => model.Provenance.Base)}",
            warning, StringComparison.Ordinal);
        Assert.Contains("Load it on the base on which it was trained", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithAnotherTokenizer_WarnsOfItAlone()
    {
        Save("base");
        MakeBase("other", seed: 5, ChatData.Template);
        File.AppendAllText(Path.Combine(_folder["other"], "tokenizer.json"), "\n");

        Assert.Contains("with the tokenizer ", Assert.Single(WarningsOn("other")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ messages }}")]
    [InlineData(null)]
    public void Load_WithAnotherChatTemplateOrNone_WarnsOfItAlone(string? template)
    {
        Save("base");
        MakeBase("other", seed: 5, template);

        Assert.Contains("with the chat template ", Assert.Single(WarningsOn("other")), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAFileOfAnotherLibrary_WarnsOfNothing()
    {
        Save("base");
        using (AdapterFiles files = AdapterDirectory.Read(_folder["adapter"]))
        {
            AdapterDirectory.Write(_folder["adapter"], files.Config, files.Tensors);   // format: pt and nothing else
        }

        MakeBase("other", seed: 6, template: null);

        Assert.Empty(WarningsOn("other"));
    }

    [Fact]
    public void Load_OntoDrawnWeights_WarnsOfNothing()
    {
        Save("base");
        using LlamaForCausalLM drawn = LlamaForCausalLM.FromConfig(LlamaConfig.Load(_folder["base"]), seed: 9);

        Assert.Empty(drawn.LoadAdapter(_folder["adapter"]).Warnings);
        Assert.Null(drawn.Provenance.Base);
    }

    [Fact]
    public void Load_OntoOtherWeights_GoesToTheTrace()
    {
        Save("base");
        MakeBase("other", seed: 6, ChatData.Template);
        var heard = new StringWriter();
        using var listener = new TextWriterTraceListener(heard);
        Trace.Listeners.Add(listener);
        try
        {
            WarningsOn("other");
        }
        finally
        {
            Trace.Listeners.Remove(listener);
        }

        Assert.Contains(_folder["other"], heard.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Provenance_OfAConvertedOrQuantizedBase_IsThatOfItsFiles()
    {
        using LlamaForCausalLM dense = LlamaForCausalLM.FromPretrained(_folder["base"]);
        using LlamaForCausalLM small = LlamaForCausalLM.FromPretrained(_folder["base"]);

        small.Use(Precision.BFloat16);
        small.Quantize(new QuantizationSettings());

        Assert.Equal(dense.Provenance, small.Provenance);
    }

    [Fact]
    public void Provenance_OfAShardedBase_IsThatOfTheWholeOne()
    {
        using var sharded = new TemporaryFolder();
        using (ModelDirectory whole = ModelDirectory.Open(_folder["base"]))
        {
            string[] names = [.. whole.Names];
            foreach (int shard in (int[])[0, 1])
            {
                SafetensorsWriter.Write(sharded[$"{shard}.safetensors"],
                    names.Where((_, i) => i % 2 == shard).ToDictionary(name => name, name => whole.Read(name)));
            }

            string map = string.Join(", ", names.Select((name, i) => $"\"{name}\": \"{i % 2}.safetensors\""));
            File.WriteAllText(sharded[ModelDirectory.IndexName], $"{{\"weight_map\": {{{map}}}}}");
        }

        File.Copy(Path.Combine(_folder["base"], "config.json"), sharded["config.json"]);
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(sharded.Path);

        Assert.Equal(Of("base").Base, model.Provenance.Base);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1023)]
    public void WeightsHash_OfALargeTensorThatDiffersAtItsEnds_Differs(int row)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = zeros(1024, 256);
        string before = HashOf(values);
        values[row, row % 256] = 1;

        Assert.NotEqual(before, HashOf(values));
        Assert.NotEqual(HashOf(zeros(2, 3)), HashOf(zeros(3, 2)));
    }

    [Fact]
    public void Save_WithProvenance_KeepsTheFormatAndEveryBitOfTheTensors()
    {
        Save("base");
        using SafetensorsFile with = SafetensorsFile.Open(Path.Combine(_folder["adapter"], AdapterDirectory.WeightsName));
        using AdapterFiles files = AdapterDirectory.Read(_folder["adapter"]);
        AdapterDirectory.Write(_folder["plain"], files.Config, files.Tensors);
        using SafetensorsFile without = SafetensorsFile.Open(Path.Combine(_folder["plain"], AdapterDirectory.WeightsName));

        Assert.Equal(["format", "provenance.base", "provenance.chat_template", "provenance.tokenizer"], with.Metadata.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("pt", with.Metadata["format"]);
        Assert.Equal(without.Names, with.Names);
        foreach (string name in with.Names)
        {
            using DisposeScope scope = NewDisposeScope();
            Close.Bits(without.Read(name), with.Read(name), name);
        }
    }

    [Fact]
    public void Save_WithADamagedTokenizerConfig_StillSaves()
    {
        File.WriteAllText(Path.Combine(_folder["base"], "tokenizer_config.json"), "{");

        Save("base");

        using AdapterFiles files = AdapterDirectory.Read(_folder["adapter"]);
        Assert.False(files.Metadata.ContainsKey("provenance.chat_template"));
        Assert.True(files.Metadata.ContainsKey("provenance.tokenizer"));
    }

    [Fact]
    public void Load_OfAnAdapterHubDirectory_WarnsLikewise()
    {
        Save("base", new BottleneckConfig { Reduction = 4 });
        MakeBase("other", seed: 6, ChatData.Template);

        Assert.True(File.Exists(Path.Combine(_folder["adapter"], "adapter.safetensors")));
        Assert.Empty(WarningsOn("base"));
        Assert.Single(WarningsOn("other"));
    }

    private static string HashOf(Tensor values)
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder[ModelDirectory.WeightsName], new Dictionary<string, Tensor> { ["w"] = values });
        using ModelDirectory files = ModelDirectory.Open(folder.Path);
        return WeightsHash.Of(files);
    }

    private void MakeBase(string name, int seed, string? template)
    {
        string source = TestData.Small("fixtures", "models", "llama", "config.json");
        string tokenizer = TestData.Small("tokenizers", "stories", "tokenizer.json");
        Directory.CreateDirectory(_folder[name]);
        File.Copy(source, Path.Combine(_folder[name], "config.json"));
        File.Copy(tokenizer, Path.Combine(_folder[name], "tokenizer.json"));
        if (template is not null)
        {
            File.WriteAllText(Path.Combine(_folder[name], "chat_template.jinja"), template);
        }

        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(LlamaConfig.Load(_folder[name]), seed: seed);
        model.SaveModel(_folder[name]);
    }

    private void Save(string name, AdapterConfig? config = null)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder[name]);
        var adapter = new Adapter("default", config ?? new LoraConfig { Rank = 2 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        model.SaveAdapter(_folder["adapter"]);
    }

    private IReadOnlyList<string> WarningsOn(string name)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder[name]);
        return model.LoadAdapter(_folder["adapter"]).Warnings;
    }

    private Provenance Of(string name)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder[name]);
        return model.Provenance;
    }

    private string Short(string name, Func<LlamaForCausalLM, string?> hash)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder[name]);
        return Provenance.Short(hash(model)!);
    }
}
