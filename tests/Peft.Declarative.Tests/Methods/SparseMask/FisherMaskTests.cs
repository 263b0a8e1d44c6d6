using Peft.Declarative.Adapters;
using Peft.Declarative.Methods.SparseMask;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.SparseMask;

public sealed class FisherMaskTests
{
    private static readonly TrainingData Data = TrainingData.FromRows([.. Enumerable.Range(1, 6).Select(i => TrainingRow.OfText([1, i, i + 1, i + 2, 2]))]);

    [Fact]
    public void Attach_ByFisher_HasNoEntriesYet()
    {
        using PretrainedModel model = TinyModels.Llama();
        Adapter adapter = Attach(model);

        Assert.All(SparseLinear.Of(adapter), layer => Assert.False(layer.Part.IsChosen));
        Assert.Equal(0, adapter.ParameterCount);
    }

    [Fact]
    public void Choose_OnRows_TakesTheShareOverAllLayersAndStartsAtTheBase()
    {
        using PretrainedModel model = TinyModels.Llama();
        model.eval();
        using DisposeScope scope = NewDisposeScope();
        Tensor before = TinyFamilies.Outputs(model);
        Adapter adapter = Attach(model);
        long weights = SparseLinear.Of(adapter).Sum(layer => layer.Part.Base.BaseWeight.numel());

        FisherMask.Choose(model, adapter, Data, maxLength: 16);

        Assert.Equal((long)(0.03 * weights), adapter.ParameterCount);
        Close.Bits(before, TinyFamilies.Outputs(model), "logits");
    }

    [Fact]
    public void Choose_Again_KeepsTheMask()
    {
        using PretrainedModel model = TinyModels.Llama();
        Adapter adapter = Attach(model);
        FisherMask.Choose(model, adapter, Data, maxLength: 16);
        var first = adapter.Tensors[0].Value;

        FisherMask.Choose(model, adapter, Data, maxLength: 4);

        Assert.Same(first, adapter.Tensors[0].Value);
    }

    [Fact]
    public void Load_WithPositionsOutsideOfTheLayer_IsRefusedAndChangesNothing()
    {
        string folder = Directory.CreateTempSubdirectory("peft-mask-").FullName;
        using PretrainedModel model = TinyModels.Llama();
        Adapter adapter = Attach(model);
        FisherMask.Choose(model, adapter, Data, maxLength: 16);
        SparseLinear first = SparseLinear.Of(adapter).First(layer => layer.Part.Count > 0).Part;
        first.Indices[^1] = first.Base.BaseWeight.numel();
        adapter.Save(folder);
        using PretrainedModel fresh = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => fresh.LoadAdapter(folder));

        Assert.Equal("PEFT702", error.Id);
        Assert.Contains("positions that are not ascending", error.Message);
        Assert.Empty(fresh.Adapters);
        Directory.Delete(folder, recursive: true);
    }

    private static Adapter Attach(PretrainedModel model)
    {
        var adapter = new Adapter("default", new SparseMaskConfig { Density = 0.03 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }
}
