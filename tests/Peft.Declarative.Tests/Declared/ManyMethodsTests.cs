using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Generated code with many methods on one model: what each trains, and that they are trained and saved side by side.</summary>
public sealed class ManyMethodsTests
{
    [Fact]
    public void AttachAdapters_OfManyMethods_CountsWhatEachTrains()
    {
        using ManyMethodsModel model = Make();
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = tensor(new long[,] { { 1, 2, 3, 4, 5 } });
        Tensor before = model.call(ids);

        model.AttachAdapters();

        Assert.Equal(2 * 4 * (8 + 8 + 1), model.AdaLora.ParameterCount);
        Assert.Equal((2 * (8 + 8)) + 8, model.Dora.ParameterCount);
        Assert.Equal(12 + 12, model.Ia3.ParameterCount);
        Assert.Equal(8 + 8, model.LayerNormTuning.ParameterCount);
        Assert.Equal(16 + 6, model.Vera.ParameterCount);
        Assert.True(before.allclose(model.call(ids), rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void Train_OfManyMethods_LearnsAndGivesOutTheBudget()
    {
        using ManyMethodsModel model = Make();

        TrainingResult result = model.Train(Data());

        Assert.True(result.Losses[^1] < result.Losses[0], $"{result.Losses[0]} became {result.Losses[^1]}");
        Assert.Equal(2 * 2, model.AdaLora.Tensors
            .Where(tensor => tensor.Key.EndsWith(".lora_E", StringComparison.Ordinal))
            .Sum(tensor => tensor.Value.count_nonzero().item<long>()));
    }

    [Fact]
    public void Save_OfEachMethod_IsReadBack()
    {
        string folder = Directory.CreateTempSubdirectory("peft-many-").FullName;
        try
        {
            using ManyMethodsModel model = Make();
            model.Train(Data());
            using ManyMethodsModel fresh = Make();
            fresh.AttachAdapters();
            foreach (Adapter adapter in model.Adapters)
            {
                adapter.Save(Path.Combine(folder, adapter.Name));
                fresh.Adapters.Load(Path.Combine(folder, adapter.Name), adapter.Name);
            }

            fresh.Adapters.Activate([.. model.Adapters.Select(adapter => adapter.Name)]);
            using DisposeScope scope = NewDisposeScope();
            Tensor ids = tensor(new long[,] { { 1, 2, 3, 4, 5 } });
            Assert.True(model.call(ids).allclose(fresh.call(ids), rtol: 1e-5, atol: 1e-6));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ManyMethodsModel Make()
    {
        random.manual_seed(1);
        var model = new ManyMethodsModel();
        model.eval();
        return model;
    }

    private static TrainingData Data() => TrainingData.FromRows(
        [.. Enumerable.Range(0, 16).Select(start => TrainingRow.OfText([.. Enumerable.Range(0, 5).Select(i => (start + i) % 16)]))]);
}
