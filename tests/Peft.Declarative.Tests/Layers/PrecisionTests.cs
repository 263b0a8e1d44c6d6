using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class PrecisionTests
{
    [Fact]
    public void Use_BFloat16OnCpu_HalvesTheStoreAndComputesInFloat32()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Tensor before = model.forward(TinyModels.Ids());

        model.Use(Precision.BFloat16);
        Tensor after = model.forward(TinyModels.Ids());

        Assert.Equal(ScalarType.Float32, after.dtype);
        Assert.All(SlotTree.Layers(model).Where(place => place.Base!.Kind == LayerKind.Linear),
            place => Assert.Equal(ScalarType.BFloat16, place.Base!.weight.dtype));
        Close.To(before, after, 0.1 * before.abs().max().item<float>(), "logits");
    }

    [Fact]
    public void Use_WhileMerged_IsRefused()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        var adapter = new Adapter("default", new LoraConfig { Rank = 2 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        model.Merge();

        Assert.Equal("PEFT306", Assert.Throws<PeftException>(() => model.Use(Precision.BFloat16)).Id);
    }
}
