using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters.Sublayers;

/// <summary>Models with bottlenecks whose weights are drawn as if they had been trained.</summary>
internal static class TrainedBottlenecks
{
    internal static PretrainedModel WithTwo(string family)
    {
        PretrainedModel model = TinyFamilies.Make(family);
        Add(model, new BottleneckConfig { Reduction = 4 }, "x");
        Add(model, new BottleneckConfig { Reduction = 4 }, "y");
        return model;
    }

    internal static void Add(PretrainedModel model, AdapterConfig config, string name)
    {
        random.manual_seed(name[0]);
        var adapter = new Adapter(name, config);
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        Perturb(adapter);
        model.eval();
    }

    internal static void Perturb(Adapter adapter)
    {
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.1));
        }
    }
}
