using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Lora;

/// <summary>What adapters change, without the code that combines them.</summary>
internal static class LayerChanges
{
    /// <summary>Adds an adapter away from its start.</summary>
    internal static Adapter Attach(CausalLanguageModel model, string name, AdapterConfig config)
    {
        var adapter = new Adapter(name, config);
        model.Adapters.Attach(adapter);
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        manual_seed(name.Length);
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.add_(randn_like(tensor.Value), 0.3);
        }

        return adapter;
    }

    /// <summary>The weighted sum of what adapters change, one adapter after the other.</summary>
    internal static Dictionary<string, Tensor> Sum(CausalLanguageModel model, params (string Name, double Weight)[] weights)
    {
        Dictionary<string, Tensor> sums = [];
        foreach ((string name, double weight) in weights)
        {
            foreach ((string path, Tensor change) in Changes(model, name))
            {
                sums[path] = sums.TryGetValue(path, out Tensor? sum) ? sum + change * weight : change * weight;
            }
        }

        return sums;
    }

    /// <summary>Compares what an adapter changes.</summary>
    internal static void AssertChanges(Dictionary<string, Tensor> expected, CausalLanguageModel model, string name, double tolerance)
    {
        Dictionary<string, Tensor> actual = Changes(model, name);
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, entry => Close.To(entry.Value, actual[entry.Key], tolerance * Math.Max(1, entry.Value.abs().max().ToDouble()), entry.Key));
    }

    /// <summary>What an adapter changes in the outputs of the layers for each unit of their inputs [in, out], which includes biases: by the model itself.</summary>
    internal static Dictionary<string, Tensor> Changes(CausalLanguageModel model, string name)
    {
        Dictionary<string, Tensor> changes = [];
        foreach ((string path, IAdapterPart part) in model.Adapters[name].Parts)
        {
            var layer = (AdapterLayer)part;
            Tensor input = eye(layer.Base.Input);   // the outputs are the columns of the weight
            model.Adapters.Activate(name);
            Tensor with = layer.call(input);
            model.Adapters.Activate();
            changes[path] = (with - layer.call(input)).detach();
        }

        return changes;
    }
}
