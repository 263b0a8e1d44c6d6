using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Query, key and value in one pass over their input, and the two projections of a gated network: outputs and gradients of one after the other.</summary>
public sealed class SharedInputTests : IDisposable
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string family in new[] { "bert", "roberta", "t5", "t5 gated", "t5 in 4 bits" })
            {
                data.Add(family, "LoRA");
                data.Add(family, "DoRA");
                data.Add(family, "(IA)³");
            }

            data.Add("bert", "LoRA with dropout");
            return data;
        }
    }

    public void Dispose() => LayerProduct.IsEnabled = true;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_OfLayersWithOneInput_EqualThoseOfOneAfterTheOther(string family, string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make(family);
        var adapter = new Adapter("default", method switch
        {
            "LoRA" => new LoraConfig { Rank = 3, Targets = ["all-linear"] },
            "LoRA with dropout" => new LoraConfig { Rank = 3, Dropout = 0.3, Targets = ["all-linear"] },
            "DoRA" => new DoraConfig { Rank = 3, Targets = ["all-linear"] },
            _ => new Ia3Config(),
        });
        model.Adapters.Attach(adapter);
        random.manual_seed(3).Dispose();
        using (no_grad())
        {
            foreach (AdapterTensor tensor in adapter.Tensors)
            {
                tensor.Value.add_(randn_like(tensor.Value).mul_(0.1));
            }
        }

        model.train();
        Tensor[] joint = Pass(model, enabled: true);
        Tensor[] expected = Pass(model, enabled: false);

        for (int i = 0; i < expected.Length; i++)
        {
            Close.UpToRounding(expected[i], joint[i], i == 0 ? "outputs" : model.TrainableParameters[i - 1].Name);
        }
    }

    // The outputs, then the gradients of what is trained.
    private static Tensor[] Pass(PretrainedModel model, bool enabled)
    {
        LayerProduct.IsEnabled = enabled;
        random.manual_seed(5).Dispose();
        Tensor outputs = TinyFamilies.Outputs(model);
        outputs.square().mean().backward();
        return [outputs.detach(), .. model.TrainableParameters.Select(parameter =>
        {
            Tensor gradient = parameter.Value.grad?.clone() ?? zeros(1);
            parameter.Value.grad = null;
            return gradient;
        })];
    }
}
