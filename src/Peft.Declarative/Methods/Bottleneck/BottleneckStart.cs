using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>Initializes a bottleneck's projections.</summary>
internal static class BottleneckStart
{
    private const double BertDeviation = 0.02;
    private const double TruncatedDeviation = 0.01;

    /// <summary>Creates <c>D</c> [size, width].</summary>
    internal static Tensor Down(long size, long width, BottleneckInit init, Device device) => init switch
    {
        // Kaiming-uniform with a = √5 is uniform within ±1/√in.
        BottleneckInit.ZeroUp => rand(size, width, device: device).mul_(Scalars.Of(2)).sub_(Scalars.Of(1)).div_(Scalars.Of(Math.Sqrt(width))),
        BottleneckInit.TruncatedNormal => Truncated(size, width, device),
        _ => Normal(size, width, device),
    };

    /// <summary>Creates <c>U</c> [width, size].</summary>
    internal static Tensor Up(long width, long size, BottleneckInit init, Device device) => init switch
    {
        BottleneckInit.ZeroUp => zeros(width, size, device: device),
        BottleneckInit.TruncatedNormal => Truncated(width, size, device),
        _ => Normal(width, size, device),
    };

    internal static Tensor Normal(long rows, long columns, Device device) => randn(rows, columns, device: device).mul_(Scalars.Of(BertDeviation));

    private static Tensor Truncated(long rows, long columns, Device device) =>
        nn.init.trunc_normal_(empty(rows, columns, device: device), 0, TruncatedDeviation, -2 * TruncatedDeviation, 2 * TruncatedDeviation);
}
