using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>Gates take the mean over padding too. The gradient that comes from there must be that of what the forward pass computes.</summary>
public sealed class PaddedGateTests
{
    private const double Step = 0.02;

    // One block, so that the padded positions reach the loss by the values that they average, and not by their weights, which do not depend on anything.
    [Fact]
    public void Backward_WithPaddingOnTheLeftBelowAGate_IsTheSlopeOfTheLoss()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { LayerCount = 1 }, seed: 3);
        var adapter = new Adapter("below", new LoraConfig { Rank = 2, Targets = ["v_proj"] });
        var gated = new Adapter("gated", new BottleneckConfig { Reduction = 4, Gated = true });
        foreach (Adapter part in new[] { adapter, gated })
        {
            model.Adapters.Attach(part);
            Invariants.Perturb(part);
        }

        model.Adapters.Activate("below", "gated");
        model.eval();
        model.to(ScalarType.Float64);
        Tensor lora = adapter.Tensors.Single(tensor => tensor.Key.Contains("lora_B", StringComparison.Ordinal)).Value;

        Loss(model).backward();

        double[] slopes = [.. Enumerable.Range(0, 6).Select(entry => Slope(model, lora, entry))];
        double[] gradients = [.. Enumerable.Range(0, 6).Select(entry => lora.grad!.view(-1)[entry].to(ScalarType.Float64).item<double>())];
        double size = slopes.Max(Math.Abs);
        Assert.True(size > 0);
        Assert.All(slopes.Zip(gradients), pair => Assert.InRange((pair.First - pair.Second) / size, -2e-4, 2e-4));
    }

    // Without gates nothing of padding reaches the loss, and the fused operator is both right and far smaller.
    [Fact]
    public void Backward_WithPaddingOnTheLeftAndNoGate_IsThatOfTheRowAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        var adapter = new Adapter("a", new LoraConfig { Rank = 2, Targets = ["q_proj", "v_proj"] });
        model.Adapters.Attach(adapter);
        Invariants.Perturb(adapter);
        model.eval();

        Loss(model).backward();
        Dictionary<string, Tensor> padded = adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.grad!.clone());
        foreach (Slots.AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.grad = null;
        }

        model.forward(Text()).square().mean().backward();

        Assert.All(adapter.Tensors, tensor => Fixtures.Close.To(tensor.Value.grad!, padded[tensor.Key], 1e-5, tensor.Key));
    }

    private static Tensor Text() => tensor(new long[,] { { 7, 40, 22, 3 } });

    private static Tensor Loss(LlamaForCausalLM model)
    {
        Tensor logits = model.Logits(new ModelInput(tensor(new long[,] { { 5, 9, 13, 7, 40, 22, 3 } }))
        {
            AttentionMask = tensor(new long[,] { { 0, 0, 0, 1, 1, 1, 1 } }),
            PositionIds = tensor(new long[,] { { 0, 0, 0, 0, 1, 2, 3 } }),
        });
        return logits.narrow(1, 3, 4).square().mean();
    }

    // Central differences of two steps, extrapolated: the adapter's values are float32, which forbids small steps.
    private static double Slope(LlamaForCausalLM model, Tensor parameter, long entry) => ((4 * Slope(model, parameter, entry, Step)) - Slope(model, parameter, entry, 2 * Step)) / 3;

    private static double Slope(LlamaForCausalLM model, Tensor parameter, long entry, double step)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor value = parameter.view(-1).narrow(0, entry, 1);
        Tensor before = value.clone();
        (double above, double high) = At(step);
        (double below, double low) = At(-step);
        value.copy_(before);
        return (above - below) / (high - low);

        (double Loss, double Value) At(double change)
        {
            value.copy_(before + change);
            return (Loss(model).to(ScalarType.Float64).item<double>(), value.to(ScalarType.Float64).item<double>());
        }
    }
}
