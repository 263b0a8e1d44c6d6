using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.LoHa;

/// <summary>Rows of several adapters of one method and shape, which share products: each row is as it is by itself.</summary>
public sealed class LycorisRowsTests
{
    private static readonly string?[] Names = ["captain", "pip", null, "captain", "ada"];

    public static TheoryData<string> Methods { get; } = ["loha", "loha of a large rank", "lokr", "lokr of both factors", "lokr of full factors"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Rows_OfSeveralAdapters_AreThoseOfEachAlone(string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        string[] adapters = [.. Names.OfType<string>().Distinct()];
        foreach ((string name, int i) in adapters.Select((name, i) => (name, i)))
        {
            var config = (LycorisConfig)MethodSamples.All.Single(sample => sample.Name == method).Config;
            Adapter adapter = Invariants.Attach(model, config with { Alpha = 2 + i, ModulesToSave = null }, name);
            Invariants.Perturb(adapter);
        }

        Tensor ids = cat([.. Names.Select((_, row) => (TinyModels.Ids().narrow(0, 0, 1) * (row + 3)).remainder(44) + 2)], 0);
        model.Adapters.Activate(adapters);
        Tensor together = model.Logits(new ModelInput(ids) { Adapters = Names });
        together.square().sum().backward();
        Dictionary<string, Tensor> gradients = TakeGradients(model);

        for (int row = 0; row < Names.Length; row++)
        {
            model.Adapters.Activate(Names[row] is { } name ? [name] : []);
            Tensor alone = model.Logits(new ModelInput(ids.narrow(0, row, 1)));
            Close.To(alone.detach(), together.narrow(0, row, 1), 1e-5, $"row {row}");
            if (Names[row] is not null)
            {
                alone.square().sum().backward();
            }
        }

        foreach ((string key, Tensor expected) in TakeGradients(model))
        {
            double size = Math.Max(expected.abs().max().item<float>(), 1);
            Close.To(expected / size, gradients[key] / size, 2e-5, key);
        }
    }

    private static Dictionary<string, Tensor> TakeGradients(LlamaForCausalLM model)
    {
        Dictionary<string, Tensor> gradients = [];
        foreach (Adapter adapter in model.Adapters)
        {
            foreach (AdapterTensor tensor in adapter.Tensors)
            {
                gradients[$"{adapter.Name}/{tensor.Key}"] = tensor.Value.grad!.clone();
                tensor.Value.grad = null;
            }
        }

        return gradients;
    }
}
