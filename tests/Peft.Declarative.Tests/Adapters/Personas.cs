using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>A small model with several adapters that answer differently.</summary>
internal static class Personas
{
    /// <summary>The model with one adapter of each name, trained as by chance but the same every time. The last one is active.</summary>
    internal static LlamaForCausalLM On(LlamaForCausalLM model, params string[] names)
    {
        model.eval();
        foreach (string name in names)
        {
            Attach(model, name);
            model.Adapters.Activate(name);
        }

        return model;
    }

    internal static Adapter Attach(PretrainedModel model, string name)
    {
        var adapter = new Adapter(name, new LoraConfig { Rank = 2, Targets = ["q_proj", "v_proj", "embed_tokens"] });
        model.Adapters.Attach(adapter);
        random.manual_seed(name.Aggregate(7, (seed, letter) => (seed * 31) + letter) & 0xffff);
        using IDisposable untracked = no_grad();
        foreach (var tensor in adapter.Tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal))
        {
            tensor.Value.copy_(randn_like(tensor.Value).mul_(0.3));
        }

        return adapter;
    }
}
