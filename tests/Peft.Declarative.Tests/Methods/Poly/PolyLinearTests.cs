using Peft.Declarative.Methods.Poly;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Poly;

public sealed class PolyLinearTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 6)]
    public void Forward_OfAnySkillsAndSplits_IsTheFormula(int skills, int splits)
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = PolyLayers.Frozen();
        PolyLinear layer = PolyLayers.Perturbed(new PolyLinear(frozen, "default", rank: 2, tasks: 1, skills, splits));
        Tensor output = layer.call(PolyLayers.Inputs);
        Dictionary<string, Tensor> gradients = Gradients(layer, output);

        Tensor used = PolyLayers.Tensors(layer)["poly_router.module_logits"][0].view(splits, skills).sigmoid();
        Tensor weights = used / used.sum(-1, keepdim: true);
        Tensor expected = nn.functional.linear(PolyLayers.Inputs, frozen.weight + PolyLayers.Change(layer, weights), frozen.bias);

        Close.To(expected.detach(), output, 1e-5, "output");
        foreach ((string name, Tensor gradient) in Gradients(layer, expected))
        {
            Close.To(gradient, gradients[name], 1e-4, name);
        }
    }

    // The only skill has all of the weight, whatever is drawn.
    [Fact]
    public void Training_WithSeveralSkills_DrawsThemForEachRow()
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = PolyLayers.Frozen();
        PolyLinear layer = PolyLayers.Perturbed(new PolyLinear(frozen, "default", rank: 2, tasks: 1, skills: 3, splits: 2));
        PolyLinear certain = PolyLayers.Perturbed(new PolyLinear(frozen, "default", rank: 2, tasks: 1, skills: 1, splits: 2));
        Tensor same = PolyLayers.Inputs.narrow(0, 0, 1).expand(2, -1, -1);
        Tensor evaluated = certain.call(same);
        layer.train();
        certain.train();

        random.manual_seed(3);
        Tensor once = layer.call(same);
        Tensor then = layer.call(same);
        random.manual_seed(3);

        Close.Bits(once, layer.call(same), "output of the same seed");
        Assert.False(once.allclose(then));
        Assert.False(once[0].allclose(once[1]));
        Close.To(evaluated.detach(), certain.call(same), 1e-6, "output of one skill");
    }

    // A skill of the logit l is on with the probability σ(l), so that over many rows the draws have this median.
    [Fact]
    public void Draws_OfManyRows_HaveTheProbabilitiesOfTheTask()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(5);
        var router = new SkillRouter(tasks: 2, splits: 1, skills: 2, CPU);
        using (no_grad())
        {
            router.Logits.copy_(tensor(new[,] { { 9f, 9f }, { 2f, -1f } }));
        }

        Tensor drawn = router.Weights(task: 1, rows: 20_000);
        Tensor first = drawn.select(2, 0);

        Assert.Equal([20_000, 1, 2], drawn.shape);
        Close.To(ones(20_000, 1), drawn.sum(-1), 1e-5, "sums");

        // The first skill has more weight where its logit, with noise, is the greater one: P(2 + a > −1 + b) for logistic a and b.
        double difference = 3, e = Math.Exp(-difference);
        double expected = (1 - (e * (1 + difference))) / ((1 - e) * (1 - e));
        Assert.Equal(expected, first.gt(0.5).to(ScalarType.Float64).mean().item<double>(), 0.01);
    }

    [Fact]
    public void Start_OfDefault_IsTheBaseAndHasTheShapesOfTheFile()
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = PolyLayers.Frozen();
        var layer = new PolyLinear(frozen, "default", rank: 4, tasks: 5, skills: 3, splits: 2);
        Dictionary<string, Parameter> tensors = PolyLayers.Tensors(layer);

        Close.Bits(frozen.call(PolyLayers.Inputs), layer.call(PolyLayers.Inputs), "output");
        Assert.Equal([2, 3, 6, 4], tensors["poly_lora_A"].shape);
        Assert.Equal([2, 3, 4, 9], tensors["poly_lora_B"].shape);
        Assert.Equal([5, 6], tensors["poly_router.module_logits"].shape);
        Assert.InRange(tensors["poly_lora_A"].abs().max().item<float>(), 0.36, 0.4083);   // 1/√6
        Assert.InRange(tensors["poly_router.module_logits"].abs().max().item<float>(), 0.8e-3, 1e-3);
    }

    [Fact]
    public void Start_OfRandom_IsNotTheBase()
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = PolyLayers.Frozen();
        var layer = new PolyLinear(frozen, "default", rank: 4, init: PolyInit.Random);

        Assert.False(frozen.call(PolyLayers.Inputs).allclose(layer.call(PolyLayers.Inputs)));
        Assert.InRange(PolyLayers.Tensors(layer)["poly_lora_B"].abs().max().item<float>(), 0.45, 0.5);   // 1/√4
    }

    private static Dictionary<string, Tensor> Gradients(PolyLinear layer, Tensor output)
    {
        output.square().sum().backward();
        return PolyLayers.Tensors(layer).ToDictionary(tensor => tensor.Key, tensor =>
        {
            Tensor gradient = tensor.Value.grad!.clone();
            tensor.Value.grad = null;
            return gradient;
        });
    }
}
