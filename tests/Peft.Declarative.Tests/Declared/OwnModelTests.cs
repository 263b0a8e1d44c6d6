using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Generated code on a module of the user's own, from wiring to files.</summary>
public sealed class OwnModelTests
{
    private static readonly Tensor Ids = tensor(new long[,] { { 1, 2, 3, 4, 5 } }).DetachFromDisposeScope();

    [Fact]
    public void AttachAdapters_BeforeFirstStep_LeavesOutputsUnchanged()
    {
        using OwnModel model = Make();
        using DisposeScope scope = NewDisposeScope();
        Tensor before = model.call(Ids);

        model.AttachAdapters();

        Assert.Equal(["wide", "default"], model.Adapters.Select(adapter => adapter.Name));
        Assert.Equal(2 * 2 * (8 + 8), model.Wide.ParameterCount);
        Assert.Equal(3 * (8 + 16), model.Lora.ParameterCount);
        Assert.True(before.eq(model.call(Ids)).all().item<bool>());
    }

    [Fact]
    public void Train_WithoutAttaching_AttachesAndLearnsAndLeavesTheBase()
    {
        using OwnModel model = Make();
        Dictionary<string, float[]> before = Base(model);

        TrainingResult result = model.Train(Data());

        Assert.True(result.Losses[^1] < result.Losses[0], $"{result.Losses[0]} became {result.Losses[^1]}");
        Assert.True(model.Evaluate(Data()) < result.Losses[0]);
        Assert.Equal(before, Base(model));
    }

    [Fact]
    public void Merge_AfterTraining_GivesTheSameAndUnmergeTheOriginal()
    {
        using OwnModel model = Make();
        model.Train(Data());
        using DisposeScope scope = NewDisposeScope();
        Tensor trained = model.call(Ids);

        model.Merge();
        Tensor merged = model.call(Ids);
        model.Unmerge();

        Assert.True(trained.allclose(merged, rtol: 1e-4, atol: 1e-5));
        Assert.True(trained.eq(model.call(Ids)).all().item<bool>());
    }

    [Fact]
    public void Adapter_SavedAndLoadedIntoAFreshModel_GivesTheSame()
    {
        string folder = Directory.CreateTempSubdirectory("own-model-").FullName;
        using OwnModel model = Make();
        model.Train(Data());
        model.Lora.Activate();
        model.SaveAdapter(folder);
        using OwnModel fresh = Make();

        fresh.LoadAdapter(folder);

        using DisposeScope scope = NewDisposeScope();
        Assert.True(model.call(Ids).eq(fresh.call(Ids)).all().item<bool>());
        Directory.Delete(folder, recursive: true);
    }

    private static OwnModel Make()
    {
        random.manual_seed(3);
        return new OwnModel();
    }

    private static TrainingData Data() => TrainingData.FromRows(
        Enumerable.Range(0, 40).Select(start => TrainingRow.OfText([.. Enumerable.Range(start, 6).Select(id => id % 16)])));

    private static Dictionary<string, float[]> Base(OwnModel model)
    {
        using DisposeScope scope = NewDisposeScope();
        return model.named_parameters()
            .Where(entry => !entry.name.Contains("lora", StringComparison.Ordinal))
            .ToDictionary(entry => entry.name, entry => entry.parameter.data<float>().ToArray());
    }
}
