using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>The file with the networks that make an adapter's tensors while it trains: one that does not fit is refused, and nothing of it is loaded.</summary>
public sealed class TrainingTensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PretrainedModel _model = TinyFamilies.Make("llama");

    public static TheoryData<string> Methods { get; } = ["perceptron", "lstm", "projected prefix"];

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Load_WithTheFileOfAnotherAdapter_IsRefused(string method)
    {
        Save(method, _folder["own"], seed: 1);
        Save(method, _folder["foreign"], seed: 2);
        File.Copy(Path.Combine(_folder["foreign"], AdapterDirectory.TrainingName), Path.Combine(_folder["own"], AdapterDirectory.TrainingName), overwrite: true);

        PeftException error = Refused();

        Assert.Equal("PEFT504", error.Id);
        Assert.Contains("belongs to other tensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Load_WithNetworksOfOtherShapes_ListsThem(string method)
    {
        Save(method, _folder["own"], seed: 1);
        Rewrite(training => training.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.reshape(-1, 1)));

        PeftException error = Refused();

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains("but the model needs", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Load_WithOtherNetworks_NamesWhatIsMissingAndWhatHasNoPlace(string method)
    {
        Save(method, _folder["own"], seed: 1);
        Rewrite(training => training.Skip(1).Append(new("prompt_encoder.stranger", ones(3))).ToDictionary());

        PeftException error = Refused();

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains("is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("'prompt_encoder.stranger' has no counterpart in the model", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Load_WithANetworkUnderTheTensorsName_IsRefused(string method)
    {
        Save(method, _folder["own"], seed: 1);
        Rewrite(training => training.Append(new("prompt_embeddings", ones(3))).ToDictionary());

        PeftException error = Refused();

        Assert.Equal("PEFT504", error.Id);
        Assert.Contains("'prompt_embeddings'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Load_WithNetworksCutShort_IsRefused(string method)
    {
        Save(method, _folder["own"], seed: 1);
        string path = Path.Combine(_folder["own"], AdapterDirectory.TrainingName);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^4]);

        Assert.Equal("PEFT501", Refused().Id);
    }

    [Fact]
    public void Load_OfAnAdapterWithoutNetworks_RefusesThem()
    {
        Save("lora", _folder["own"], seed: 1);
        Rewrite(_ => new Dictionary<string, Tensor> { ["prompt_encoder.stranger"] = ones(3) });

        Assert.Contains("'prompt_encoder.stranger' has no counterpart in the model", Refused().Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Load_IntoAPresentAdapter_KeepsItAsItWasWhenRefused(string method)
    {
        Save(method, _folder["own"], seed: 1);
        Rewrite(training => training.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.reshape(-1, 1)));
        using DisposeScope scope = NewDisposeScope();
        Adapter present = Attach(method, seed: 3);
        Dictionary<string, Tensor> before = present.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.detach().clone());

        Assert.Throws<PeftException>(() => _model.LoadAdapter(_folder["own"]));

        Assert.Equal(before.Keys, present.Tensors.Select(tensor => tensor.Key));
        Assert.All(present.Tensors, tensor => Close.Bits(before[tensor.Key], tensor.Value, tensor.Key));
    }

    // Refused as a whole: the base computes as before and nothing is left of what was read.
    private PeftException Refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor expected = TinyFamilies.Outputs(_model);
        long before = LiveTensors.OfThisThread;

        PeftException error = Assert.ThrowsAny<PeftException>(() => _model.LoadAdapter(_folder["own"]));

        Assert.Equal(before, LiveTensors.OfThisThread);
        Assert.Empty(_model.Adapters);
        Close.Bits(expected, TinyFamilies.Outputs(_model), "logits");
        return error;
    }

    private void Rewrite(Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, Tensor>> change)
    {
        using DisposeScope scope = NewDisposeScope();
        using AdapterFiles files = AdapterDirectory.Read(_folder["own"]);
        AdapterDirectory.Write(_folder["own"], files.Config, files.Tensors, change(files.Training));
    }

    private void Save(string method, string folder, int seed)
    {
        Attach(method, seed).Save(folder);
        _model.Adapters.Remove("default");
    }

    private Adapter Attach(string method, int seed)
    {
        random.manual_seed(seed).Dispose();
        var adapter = new Adapter("default", method switch
        {
            "perceptron" => new PTuningConfig { Tokens = 3, Hidden = 8 },
            "lstm" => new PTuningConfig { Tokens = 3, Hidden = 8, Encoder = PromptEncoder.Lstm },
            "projected prefix" => new PrefixTuningConfig { Tokens = 3, Projection = true, ProjectionHidden = 8 },
            _ => new LoraConfig { Rank = 2 },
        });
        AdapterWiring.Attach(_model, adapter);
        _model.Adapters.Adopt(adapter);
        return adapter;
    }
}
