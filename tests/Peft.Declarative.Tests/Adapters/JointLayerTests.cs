using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Single layers that are computed together with their adapters.</summary>
public sealed class JointLayerTests
{
    [Theory]
    [InlineData("LoRA", true)]
    [InlineData("LoRA with dropout", true)]
    [InlineData("LoRA over biases", true)]
    [InlineData("LoRA over bfloat16", true)]
    [InlineData("LoRA over 4 bits", true)]
    [InlineData("DoRA", true)]
    [InlineData("DoRA over 4 bits", true)]
    [InlineData("VeRA", true)]
    [InlineData("VeRA with dropout", true)]
    [InlineData("VeRA over 4 bits", true)]
    [InlineData("(IA)³ on all layers", true)]
    [InlineData("(IA)³ over biases", true)]
    [InlineData("(IA)³ over 4 bits", true)]
    [InlineData("LoRA with own biases", false)]
    [InlineData("gated LoRA", false)]
    [InlineData("LoRA and trained biases", false)]
    [InlineData("DoRA with dropout", false)]
    [InlineData("VeRA and trained biases", false)]
    public void Product_OfALayerWithItsAdapter_IsJointWhereNothingElseIsDone(string name, bool joint)
    {
        using CausalLanguageModel model = JointModels.All[name]();
        using DisposeScope scope = NewDisposeScope();
        var layer = (AdapterLayer)((LlamaForCausalLM)model).model.layers[0].self_attn.q_proj;
        Tensor input = ones(1, 2, 32).requires_grad_(true);

        Assert.Equal(joint, LayerProduct.Of(layer.Base, layer, input) is not null);
        using (no_grad())
        {
            Assert.Null(LayerProduct.Of(layer.Base, layer, input));
        }
    }

    [Fact]
    public void Forward_OfALayerWithAHook_CallsTheHook()
    {
        using CausalLanguageModel model = JointModels.Llama(new LoraConfig { Rank = 3, Targets = ["q_proj"] });
        LlamaAttention attention = ((LlamaForCausalLM)model).model.layers[0].self_attn;
        int calls = 0;
        Tensor Count(nn.Module<Tensor, Tensor> module, Tensor input, Tensor output)
        {
            calls++;
            return output;
        }

        attention.q_proj.register_forward_hook(Count);
        attention.k_proj.register_forward_hook(Count);
        ((AdapterLayer)attention.q_proj).Base.register_forward_hook(Count);
        using DisposeScope scope = NewDisposeScope();

        model.SumLoss(new MicroBatch(TinyModels.Ids(), TinyModels.Ids())).backward();

        Assert.Equal(3, calls);
    }

    [Fact]
    public void Term_OfAClassThatChangesThePart_IsNone()
    {
        using var scope = NewDisposeScope();
        using var layer = new Peft.Declarative.Layers.Linear(4, 4, hasBias: false);
        layer.weight = new TorchSharp.Modules.Parameter(eye(4), requires_grad: false);
        using var doubled = new Doubled(layer);
        Tensor x = ones(1, 4).requires_grad_(true);

        Assert.Null(doubled.Term(x));
        Assert.True(doubled.call(x).eq(2).all().item<bool>());
    }

    [Theory]
    [InlineData("LoRA")]
    [InlineData("DoRA")]
    [InlineData("VeRA")]
    [InlineData("(IA)³ on all layers")]
    public void Backward_OfALayerWhoseInputOrAdapterIsFrozen_GivesTheOtherItsGradients(string name)
    {
        using CausalLanguageModel model = JointModels.All[name]();
        LlamaAttention attention = ((LlamaForCausalLM)model).model.layers[0].self_attn;
        foreach (nn.Module<Tensor, Tensor> layer in new[] { attention.q_proj, attention.o_proj })
        {
            AssertSameWherePartsAreFrozen((AdapterLayer)layer);
        }
    }

    private static void AssertSameWherePartsAreFrozen(AdapterLayer layer)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(7).Dispose();
        Tensor values = randn(2, 3, 32);
        Tensor weights = randn(2, 3, 32);
        foreach ((bool input, bool adapter) in new[] { (true, false), (false, true), (true, true) })
        {
            Tensor[] joint = LayerGradients(layer, values, weights, input, adapter);
            LayerProduct.IsEnabled = false;
            try
            {
                Tensor[] expected = LayerGradients(layer, values, weights, input, adapter);
                Assert.Equal(expected.Length, joint.Length);
                for (int i = 0; i < joint.Length; i++)
                {
                    Close.To(expected[i], joint[i], 1e-6, $"gradient {i}, input {input}, adapter {adapter}");
                }
            }
            finally
            {
                LayerProduct.IsEnabled = true;
            }
        }
    }

    private static Tensor[] LayerGradients(AdapterLayer layer, Tensor values, Tensor weights, bool input, bool adapter)
    {
        TorchSharp.Modules.Parameter[] own = [.. layer.TensorsAt("layer").Select(tensor => (TorchSharp.Modules.Parameter)tensor.Value)];
        Array.ForEach(own, parameter => parameter.requires_grad = adapter);
        Tensor x = values.clone().requires_grad_(input);
        (layer.call(x) * weights).sum().backward();
        Tensor[] gradients = [.. (adapter ? own : []).Append(x).Where(tensor => tensor.requires_grad).Select(tensor => tensor.grad!.clone())];
        Array.ForEach(own, parameter => parameter.grad = null);
        return gradients;
    }

    private sealed class Doubled(nn.Module<Tensor, Tensor> frozen) : Peft.Declarative.Methods.Lora.LoraLinear(frozen, "default", rank: 2, scaling: 1)
    {
        protected internal override Tensor AdaptOutput(Tensor input, Tensor output) => output * 2;
    }
}
