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

    public static void Bits(Tensor expected, Tensor actual, string what)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.True(expected.shape.SequenceEqual(actual.shape) && expected.eq(actual.detach().cpu()).all().item<bool>(), $"{what}: differs");
    }
}
