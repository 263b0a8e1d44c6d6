using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

/// <summary>A forward and a backward pass of attention.</summary>
internal static class AttentionPass
{
    /// <summary>Attention and its gradients are those of the operator in float64.</summary>
    internal static void AssertExact(int time, int count, int heads, int groups, int width, bool causal)
    {
        random.manual_seed(time);
        Tensor q = Projected(time, heads, width);
        Tensor k = Projected(count, groups, width);
        Tensor v = Projected(count, groups, width);
        Tensor received = randn(2, heads, time, width);
        double scale = 1 / Math.Sqrt(width);

        // In float64, because the operator's own gradients in float32 are off by more than these.
        Tensor[] exact = [.. new[] { q, k, v }.Select(x => x.detach().to(ScalarType.Float64).requires_grad_())];
        Tensor[] expected = Of(
            Operators.Attention(exact[0], exact[1], exact[2], null, causal, scale, grouped: heads != groups), received.to(ScalarType.Float64), exact);
        Tensor[] actual = Of(FusedAttention.Of(q, k, v, causal, scale), received, q, k, v);

        // Gradients are what is left of products of two rows, which are of this size.
        double terms = Math.Sqrt(width);
        string[] names = ["output", "gradient of queries", "of keys", "of values"];
        for (int i = 0; i < names.Length; i++)
        {
            Tensor wanted = expected[i].to(ScalarType.Float32);
            Close.To(wanted, actual[i], 1.5e-6 * Math.Max(terms, wanted.abs().max().item<float>()), $"{names[i]} of {time} queries, {count} keys");
        }
    }

    /// <summary>Numbers [batch, heads, time, width], with positions before heads in memory, as projections give them.</summary>
    internal static Tensor Projected(int time, int heads, int width) => randn(2, time, heads, width).requires_grad_().transpose(1, 2);

    /// <summary>An output and the gradients of its inputs.</summary>
    internal static Tensor[] Of(Tensor output, Tensor received, params Tensor[] inputs) =>
        [output.detach(), .. autograd.grad([output], inputs, [received])];
}
