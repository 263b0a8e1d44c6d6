using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Initializes the two factors.</summary>
internal static class LoraStart
{
    /// <summary>Creates <c>A</c> [rank, in]. Kaiming-uniform with a = √5 is uniform within ±1/√in.</summary>
    internal static Parameter A(int rank, long input, LoraInit init, Device device) =>
        WeightLayer.Trainable(init == LoraInit.Gaussian
            ? randn(rank, input, device: device).mul_(Scalars.Of(1.0 / rank))
            : Uniform(rank, input, 1.0 / Math.Sqrt(input), device));

    /// <summary>Creates <c>B</c> [out, rank] as zero, so that the product is zero.</summary>
    internal static Parameter B(long output, int rank, LoraInit init, Device device) =>
        WeightLayer.Trainable(init == LoraInit.Random ? Uniform(output, rank, 1.0 / Math.Sqrt(rank), device) : zeros(output, rank, device: device));

    private static Tensor Uniform(long rows, long columns, double bound, Device device) =>
        rand(rows, columns, device: device).mul_(Scalars.Of(2 * bound)).sub_(Scalars.Of(bound));
}
