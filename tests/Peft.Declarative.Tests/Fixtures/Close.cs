using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Element-wise comparison whose message says what differs, where and by how much.</summary>
public static class Close
{
    public static void To(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.True(expected.shape.SequenceEqual(actual.shape),
            $"{what}: expected [{string.Join(", ", expected.shape)}], got [{string.Join(", ", actual.shape)}]");
        if (expected.numel() == 0)
        {
            return;
        }

        Tensor difference = (expected.to(ScalarType.Float64) - actual.detach().cpu().to(ScalarType.Float64)).abs();
        double greatest = difference.max().item<double>();
        Assert.True(greatest <= tolerance, $"{what}: differs by {greatest:g3}, allowed {tolerance:g3}");
    }

    /// <summary>
    /// The same numbers in float32 but for the order of sums: to a part of their norm. Where terms cancel, as in many gradients, what is left is small beside
    /// the rounding of the terms, which are of size 1 in the tests' models.
    /// </summary>
    public static void UpToRounding(Tensor expected, Tensor actual, string what, double part = 1e-6, double terms = 0.3) =>
        To(expected, actual, part * Math.Max(expected.norm().item<float>(), Math.Max(terms, 0.3)), what);

    public static void Bits(Tensor expected, Tensor actual, string what)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.True(expected.shape.SequenceEqual(actual.shape) && expected.eq(actual.detach().cpu()).all().item<bool>(), $"{what}: differs");
    }
}
