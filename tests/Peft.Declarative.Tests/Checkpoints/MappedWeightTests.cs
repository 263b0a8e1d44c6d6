using System.Globalization;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Checkpoints;

/// <summary>Base weights are views of files, and yet behave as any other parameter.</summary>
public sealed class MappedWeightTests : IDisposable
{
    private readonly string _source = TestData.Small("fixtures", "models", "llama");
    private readonly TemporaryFolder _folder = new();

    public MappedWeightTests()
    {
        foreach (string file in Directory.GetFiles(_source))
        {
            File.Copy(file, _folder[Path.GetFileName(file)]);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BaseWeight_WrittenTo_SurvivesTheHashOfItsFile()
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder.Path);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        Parameter weight = model.parameters().First();
        weight.fill_(7);

        Assert.NotNull(model.Provenance.Base);

        Assert.Equal(7 * weight.numel(), weight.sum().ToDouble());
    }

    [Theory]
    [InlineData("initialize")]
    [InlineData("optimize")]
    [InlineData("load state")]
    public void BaseWeight_WrittenTo_ChangesTheModelAndNotTheFile(string way)
    {
        byte[] file = File.ReadAllBytes(_folder["model.safetensors"]);
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder.Path);
        using DisposeScope scope = NewDisposeScope();
        Parameter weight = model.parameters().First();
        Tensor before = weight.detach().clone();

        switch (way)
        {
            case "initialize":
                nn.init.normal_(weight);
                break;
            case "optimize":
                weight.requires_grad = true;
                using (optim.Optimizer optimizer = optim.SGD([weight], 0.1))
                {
                    model.forward(tensor(new long[,] { { 1, 2, 3 } })).sum().backward();
                    optimizer.step();
                }

                break;
            default:
                model.load_state_dict(model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach() + 1));
                break;
        }

        Assert.False(before.allclose(weight));
        Assert.Equal(file, File.ReadAllBytes(_folder["model.safetensors"]));
    }

    [SkippableFact]
    public void BaseWeights_AfterAStepOfTheirAdapters_AreStillPagesThatProcessesShare()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux tells which pages of a mapping a process has to itself.");
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder.Path);
        using DisposeScope scope = NewDisposeScope();
        model.Adapters.Attach(new Adapter("a", new LoraConfig { Targets = [LayerAdapterAttribute.AllLinear], Init = LoraInit.Random }));
        using optim.Optimizer optimizer = optim.AdamW(model.parameters().Where(parameter => parameter.requires_grad));

        model.forward(tensor(new long[,] { { 1, 2, 3 } })).sum().backward();
        optimizer.step();

        (long resident, long own) = PagesOf(_folder["model.safetensors"]);
        Assert.InRange(resident, new FileInfo(_folder["model.safetensors"]).Length / 2, long.MaxValue);
        Assert.Equal(0, own);
    }

    // The bytes of the mappings of a file: those in memory, and those that this process has changed and so has to itself.
    private static (long Resident, long Own) PagesOf(string file)
    {
        (long resident, long own) = (0, 0);
        bool ofFile = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ofFile = words[0].EndsWith(':') ? ofFile : line.EndsWith(file, StringComparison.Ordinal);
            resident += ofFile && words[0] == "Rss:" ? long.Parse(words[1], CultureInfo.InvariantCulture) * 1024 : 0;
            own += ofFile && words[0] == "Anonymous:" ? long.Parse(words[1], CultureInfo.InvariantCulture) * 1024 : 0;
        }

        return (resident, own);
    }

    [Fact]
    public void Quantize_AfterWriting_KeepsWhatWasWritten()
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder.Path);
        using DisposeScope scope = NewDisposeScope();
        Parameter embedding = model.named_parameters().First(entry => entry.name.Contains("embed_tokens", StringComparison.Ordinal)).parameter;
        nn.init.ones_(embedding);

        model.Quantize(new QuantizationSettings());

        Assert.True(embedding.eq(1).all().item<bool>());
    }

    [Fact]
    public void Tensor_AfterItsFileWasDisposed_IsStillThere()
    {
        Tensor view;
        float[] expected;
        using (SafetensorsFile file = SafetensorsFile.Open(_folder["model.safetensors"]))
        {
            view = file.Read("model.norm.weight");
            expected = view.to(ScalarType.Float32).data<float>().ToArray();
        }

        GC.Collect();
        Assert.Equal(expected, view.to(ScalarType.Float32).data<float>().ToArray());
        view.Dispose();
    }

    [Fact]
    public void Dispose_BetweenLossAndBackward_DoesNotUnmapWhatTheGraphNeeds()
    {
        LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(_folder.Path);
        Adapters.Personas.Attach(model, "a");
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = model.forward(tensor(new long[,] { { 1, 2, 3 } })).sum();

        model.Dispose();

        loss.backward();
    }

    [Fact]
    public void File_ShortenedWhileItIsRead_IsSaid()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder["model.safetensors"]);
        using (FileStream stream = File.OpenWrite(_folder["model.safetensors"]))
        {
            stream.SetLength(stream.Length - 8);
        }

        PeftException error = Assert.Throws<PeftException>(file.CheckLength);

        Assert.Equal("PEFT503", error.Id);
        Assert.Contains("was shortened", error.Message, StringComparison.Ordinal);
    }
}
