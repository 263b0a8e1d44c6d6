using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>What an adapter costs that is on the model beside many others, and that it is otherwise like one that was attached.</summary>
public sealed class ResidentAdapterTests : IDisposable
{
    // TorchSharp's dictionaries, hooks and handles for a module of its own would make it 2,200.
    private const long MostBytes = 1400;

    private readonly TemporaryFolder _folder = new();
    private readonly CausalLanguageModel _model = TinyModels.Llama();
    private readonly int _layers;

    public ResidentAdapterTests()
    {
        using CausalLanguageModel made = TinyModels.Llama();
        Adapter adapter = Attach(made);
        _layers = adapter.Parts.Count;
        adapter.Save(_folder["saved"]);
        _model.eval();
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Adapters_ThatAreLoaded_HaveFewObjectsForEachLayer()
    {
        const int Count = 64;
        Load(0, 8);
        long before = LiveBytes();

        Load(8, Count);

        long each = (LiveBytes() - before) / ((Count - 8) * _layers);
        Assert.True(each <= MostBytes, $"each adapted layer takes {each} bytes of managed objects");
    }

    [Fact]
    public void Loading_BesideMany_AllocatesNoMoreForTheSearchOfSublayersThanBesideFew()
    {
        Load(0, 2);
        SublayerSlots.Of(_model);
        long few = Allocated(() => SublayerSlots.Of(_model));

        Load(2, 30);

        Assert.Equal(few, Allocated(() => SublayerSlots.Of(_model)));
    }

    [Fact]
    public void Adapter_ThatWasAtRest_TrainsLikeOneThatWasAttached()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel plain = TinyModels.Llama();
        plain.eval();
        Adapter attached = Attach(plain);
        Load(0, 3);
        _model.Adapters.Activate("1");
        Adapter loaded = _model.Adapters["1"];

        Tensor expected = Loss(plain), actual = Loss(_model);

        Close.To(expected, actual, 1e-6, "loss");
        Assert.Equal(attached.Tensors.Count, loaded.Tensors.Count);
        Assert.All(attached.Tensors.Zip(loaded.Tensors), pair =>
        {
            Assert.True(pair.Second.Value.requires_grad);
            Close.To(pair.First.Value.grad!, pair.Second.Value.grad!, 1e-6, pair.First.Key);
        });
        Assert.All(_model.Adapters["0"].Tensors.Concat(_model.Adapters["2"].Tensors), tensor => Assert.False(tensor.Value.requires_grad));
    }

    [Fact]
    public void Adapter_ThatIsLoadedToBeActive_IsTrained()
    {
        Adapter loaded = _model.Adapters.Load(_folder["saved"], "a");

        Assert.True(loaded.IsActive);
        Assert.All(loaded.Tensors, tensor => Assert.True(tensor.Value.requires_grad && tensor.Value.is_leaf));
    }

    private static Adapter Attach(CausalLanguageModel model)
    {
        Adapter adapter = Invariants.Attach(model, new LoraConfig { Rank = 2, Targets = [LayerAdapterAttribute.AllLinear] }, "a");
        random.manual_seed(5);
        Invariants.Perturb(adapter);
        return adapter;
    }

    private static Tensor Loss(CausalLanguageModel model)
    {
        Tensor loss = model.Logits(new ModelInput(TinyModels.Ids())).square().mean();
        loss.backward();
        return loss;
    }

    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static long Allocated(Action run)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Load(int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            _model.Adapters.LoadBeside(_folder["saved"], $"{i}");
        }
    }
}
