using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Adapter layers as modules of TorchSharp, which share what TorchSharp would make for each of them.</summary>
public sealed class AdapterLayerModuleTests : IDisposable
{
    private readonly WeightLayer _base;
    private readonly LoraLinear _inner;
    private readonly LoraLinear _outer;

    public AdapterLayerModuleTests()
    {
        random.manual_seed(3);
        _base = new Linear(3, 4, hasBias: true) { weight = Drawn(4, 3), bias = Drawn(4) };
        _inner = new LoraLinear(_base, "a", rank: 2, scaling: 1);
        _outer = new LoraLinear(_inner, "b", rank: 2, scaling: 1, ownBias: true);
    }

    public void Dispose() => _outer.Dispose();

    [Fact]
    public void Parameters_OfLayersAroundEachOther_AreAllFoundByTheirNames()
    {
        Assert.Equal(["lora_A", "lora_B", "lora_B_bias"], _outer.named_parameters(recurse: false).Select(entry => entry.name));
        Assert.Equal(["lora_A", "lora_B", "lora_B_bias", "lora_A", "lora_B", "weight", "bias"], _outer.named_parameters().Select(entry => entry.name));
        Assert.Equal(["bias", "lora_A", "lora_B", "lora_B_bias", "weight"], _outer.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Same(_base.weight, _outer.get_parameter("base_layer.base_layer.weight"));
        Assert.Same(_inner.parameters(recurse: false).First(), _outer.get_parameter("base_layer.lora_A"));
        Assert.True(_outer.has_parameter("lora_B_bias"));
        Assert.False(_outer.has_parameter("base_layer.lora_B_bias"));
        Assert.Throws<InvalidOperationException>(() => _outer.register_parameter("lora_A", _base.weight));
    }

    [Fact]
    public void Modules_BelowALayer_AreWalkedFromTheOutsideIn()
    {
        List<nn.Module> applied = [];
        _outer.apply(applied.Add);

        Assert.Equal([("base_layer", _inner), ("base_layer.base_layer", (nn.Module)_base)], _outer.named_modules());
        Assert.Equal([_base, _inner, _outer], applied);
        Assert.Equal([_inner], _outer.children());
    }

    [Fact]
    public void Mode_OfALayer_IsItsOwn()
    {
        _inner.eval();
        Assert.True(_outer.training);
        Assert.False(_inner.training || _base.training);
        Assert.False(new LoraLinear(_inner, "c", rank: 2, scaling: 1).training);

        _outer.train();
        Assert.True(_inner.training && _base.training);
    }

    [Fact]
    public void Buffers_AndModulesOfOneLayer_AreNotThoseOfAnother()
    {
        using DisposeScope scope = NewDisposeScope();
        _inner.register_buffer("mean", ones(2));
        _inner.register_module("extra", new Linear(2, 2, hasBias: false));

        Assert.Empty(_outer.named_buffers(recurse: false));
        Assert.Equal(["base_layer.mean"], _outer.named_buffers().Select(entry => entry.name));
        Assert.Equal(["base_layer", "extra"], _inner.named_children().Select(entry => entry.name));
        Assert.Equal(["base_layer"], _outer.named_children().Select(entry => entry.name));
        Assert.Throws<InvalidOperationException>(() => _inner.register_buffer("mean", ones(2)));
    }

    [Fact]
    public void Layer_ThatIsDisposed_LeavesTheOthersUsable()
    {
        var other = new LoraLinear(_inner, "c", rank: 2, scaling: 1);
        other.Detach();
        other.Dispose();
        other.Dispose();

        using DisposeScope scope = NewDisposeScope();
        _outer.forward(randn(2, 3)).sum().backward();
        _outer.zero_grad();
        _outer.to(ScalarType.Float32).to(CPU);

        Assert.True(other.named_parameters(recurse: false).All(entry => entry.parameter.IsInvalid));
        Assert.All(_inner.parameters(), parameter => Assert.Null(parameter.grad));
        Assert.Equal([2, 4], _outer.forward(randn(2, 3)).shape);
        Assert.Equal(nameof(LoraLinear), _outer.GetName());
    }

    [Fact]
    public void Layers_AroundEachOther_AreListedAndDisposedInProportionToTheirNumber()
    {
        Bytes(8);   // for what the first time makes
        (long list, long dispose) few = Bytes(50), many = Bytes(500);

        Assert.InRange(many.list, 1, 20 * few.list);
        Assert.InRange(many.dispose, 1, 20 * few.dispose);
    }

    // The managed bytes that it takes to list the parameters of layers around each other, and to dispose all.
    private static (long List, long Dispose) Bytes(int layers)
    {
        var outer = new LoraLinear(new Linear(3, 4, hasBias: false) { weight = Drawn(4, 3) }, "a", rank: 1, scaling: 1);
        List<Parameter> parameters = [.. outer.parameters()];
        for (int i = 1; i < layers; i++)
        {
            outer = new LoraLinear(outer, $"persona {i}", rank: 1, scaling: 1);
            parameters.AddRange(outer.parameters(recurse: false));
        }

        long start = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal((2 * layers) + 1, outer.parameters().Count());
        long listed = GC.GetAllocatedBytesForCurrentThread();
        outer.Dispose();
        long disposed = GC.GetAllocatedBytesForCurrentThread();
        Assert.All(parameters, parameter => Assert.True(parameter.IsInvalid));
        return (listed - start, disposed - listed);
    }

    private static Parameter Drawn(params long[] shape) => new(randn(shape), requires_grad: false);
}
